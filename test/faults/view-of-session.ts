import type { Backend } from '../../src/contract/backend.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import { collect } from '../files/collect.ts';

/** What can be seen of one session, without ids and times, so that two views can be compared. */
export interface View {
  rev?: number;
  entry?: unknown;
  turn?: string;
  records?: string[];
  archives?: string[];
}

/** A session as anybody reads it; empty when there is none. */
export async function viewOf(backend: Backend, key: string): Promise<View> {
  const state = await backend.read(key);
  if (!state) return {};
  const texts = async (sessionId: string) =>
    (await collect(backend.transcript(key, { sessionId, onDamage: 'throw' }))).map(({ text }) =>
      String(text),
    );
  const archives: string[] = [];
  for (const { sessionId, entry, reason } of await backend.archives(key)) {
    archives.push(JSON.stringify({ entry, reason, records: await texts(sessionId) }));
  }
  return {
    rev: state.rev,
    entry: state.entry,
    ...(state.turn && { turn: state.turn.status }),
    records: await texts(state.sessionId),
    archives: archives.sort(),
  };
}

/** How a call ended: nothing when it resolved, else its code. What is not typed is thrown. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    return error.code;
  }
}
