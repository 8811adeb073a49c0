import type { Store } from '../contract/store.ts';
import { HoldfastError } from '../model/errors.ts';
import type { SessionState } from '../model/state.ts';
import { summaryOf } from '../model/summary.ts';
import { lanesByKey } from './row-query.ts';
import { sessionRow, sizeOf } from './session-row.ts';
import type { SessionView } from './wire.ts';

/** All of a session but its transcripts, read at this moment. `SESSION_GONE` when there is none. */
export async function sessionView(store: Store, key: string): Promise<SessionView> {
  const state = await existing(store, key);
  const session = store.session(key);
  const [archives, size] = await Promise.all([session.archives(), sizeOf(store, key)]);
  const { turn, entry, createdAt } = state;
  const row = { summary: summaryOf(state), text: '', ...(turn && { turn }), ...(size && { size }) };
  return {
    row: sessionRow(row, lanesByKey(store.lanes()).get(key)),
    entry,
    createdAt,
    archives: archives.map((archive) => {
      const { label } = summaryOf({ ...state, entry: archive.entry });
      const { sessionId, reason, archivedAt, bytes } = archive;
      const from = { sessionId, reason, createdAt: archive.createdAt, archivedAt, bytes };
      return label === undefined ? from : { ...from, label };
    }),
  };
}

/** The state of a session that has to be there. */
export async function existing(store: Store, key: string): Promise<SessionState> {
  const state = await store.session(key).read();
  if (state !== undefined) return state;
  throw new HoldfastError('SESSION_GONE', `There is no session ${JSON.stringify(key)}.`, { key });
}
