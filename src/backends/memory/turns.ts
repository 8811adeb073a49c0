import type { Backend } from '../../contract/backend.ts';
import { stateOf } from './held-session.ts';
import type { MemoryData } from './memory-data.ts';

/** Turns of the sessions. `owner` stands for the opened store, as a process does elsewhere. */
export function turns(
  data: MemoryData,
  owner: object,
): Pick<Backend, 'beginTurn' | 'endTurn' | 'interrupt'> {
  return {
    async beginTurn(key, ask) {
      const place = data.place(key);
      const { state, previous } = await place.begin(ask, owner);
      return {
        fence: state.fence,
        startedAt: state.startedAt,
        state: stateOf(data.ensure(key), place),
        ...(previous && { previous }),
      };
    },

    async endTurn(key, fence) {
      data.place(key).end(fence);
    },

    async interrupt(key, ask) {
      return data.place(key).interrupt(ask);
    },
  };
}
