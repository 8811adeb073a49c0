import type { SessionState } from 'holdfast';
import { collect, inStore } from '../test/openclaw/state-copy.ts';

export const NEW = 'agent:main:slack:channel:c9';
export const RESET = 'agent:main:telegram:direct:555003';

/**
 * A day in the life of the adopted sample: new sessions, resets, counters, what was said. The states
 * of all sessions that OpenClaw will list.
 */
export async function changeSample(root: string): Promise<Map<string, SessionState>> {
  return await inStore(root, async (store) => {
    const said = (content: string) => ({ type: 'message', message: { role: 'user', content } });
    await store.session(NEW).update({
      inputTokens: 10,
      outputTokens: 20,
      totalTokens: 4_031,
      totalTokensFresh: true,
      contextTokens: 64_000,
      model: 'm-1',
      modelProvider: 'mock',
    });
    for (let n = 0; n < 20; n += 1) await store.session(NEW).append(said(`line ${n}`));
    await store.session('agent:main:main').update({ totalTokens: 77, totalTokensFresh: true });
    await store.session('agent:main:main').append(said('on and on'));
    await store.session(RESET).reset({ reason: 'new' });
    await store.session(RESET).append(said('after the reset'));
    const states = new Map<string, SessionState>();
    for (const { key } of await collect(store.list())) {
      if (key.includes(':recovered:')) continue;
      states.set(key, (await store.session(key).read()) as SessionState);
    }
    return states;
  });
}

const TOLD = ['inputTokens', 'outputTokens', 'model', 'modelProvider', 'contextTokens'];

/** What OpenClaw tells of a session; it fills in defaults of its own for what an entry lacks. */
export function rowOf({ agentId, sessionId, updatedAt, entry }: SessionState) {
  const row: Record<string, unknown> = { agentId, sessionId, updatedAt };
  for (const field of TOLD) if (entry[field] !== undefined) row[field] = entry[field];
  // It tells no total that is not known to be fresh.
  if (entry.totalTokensFresh === true) row.totalTokens = entry.totalTokens;
  return row;
}
