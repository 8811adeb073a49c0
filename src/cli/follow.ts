import type { Store } from '../contract/store.ts';
import { isHoldfastError } from '../model/errors.ts';
import type { TranscriptRecord } from '../model/state.ts';

/** What a follower of a conversation is told, in order. */
export type News =
  | { record: TranscriptRecord }
  | { ended: 'new conversation'; sessionId: string }
  | { ended: 'removed' };

/**
 * The last records of a session and then what is appended to it, from one conversation to the next:
 * a reset, a restore, a removal and a new beginning under the same key are told and followed.
 *
 * @param last how many records to begin with
 */
export async function* follow(
  store: Store,
  key: string,
  ask: { last: number; signal: AbortSignal },
): AsyncGenerator<News> {
  const session = store.session(key);
  // The watch hears from its call on, before the first look, so that nothing falls between the two.
  const changes = store.watch({ signal: ask.signal });
  let sessionId = (await session.read())?.sessionId;
  /** How far each conversation was told: going back to one does not tell it again. */
  const told = new Map<string, number>();

  async function* recordsOf(last?: number): AsyncGenerator<News> {
    if (sessionId === undefined) return;
    const after = told.get(sessionId);
    const range = after === undefined ? { ...(last !== undefined && { last }) } : { after };
    for await (const record of orNothing(session.transcript({ sessionId, ...range }))) {
      told.set(sessionId, record.seq);
      yield { record };
    }
  }

  // Where the conversation ends now is known by its last record, also when nobody wants to see that.
  for await (const news of recordsOf(Math.max(1, ask.last))) {
    if (ask.last > 0) yield news;
  }
  for await (const change of changes) {
    if (change.key !== key) continue;
    // Looked at before the rest is read: what ends a conversation comes after its last record.
    const now = (await session.read())?.sessionId;
    yield* recordsOf();
    if (now === sessionId) continue;
    sessionId = now;
    yield now === undefined ? { ended: 'removed' } : { ended: 'new conversation', sessionId: now };
    // One that was restored may be long; a new one is told from its beginning.
    yield* recordsOf(change.kind === 'restore' ? ask.last : undefined);
  }
}

/** The records of a conversation, none when it was removed before they could be read. */
async function* orNothing(
  records: AsyncIterable<TranscriptRecord>,
): AsyncGenerator<TranscriptRecord> {
  try {
    yield* records;
  } catch (error) {
    if (!isHoldfastError(error) || error.code !== 'SESSION_GONE') throw error;
  }
}
