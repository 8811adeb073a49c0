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
  let after: number | undefined;

  async function* recordsOf(range: { last?: number; after?: number }): AsyncGenerator<News> {
    if (sessionId === undefined) return;
    for await (const record of orNothing(session.transcript({ sessionId, ...range }))) {
      after = record.seq;
      yield { record };
    }
  }

  // Where the conversation ends now is known by its last record, also when nobody wants to see that.
  for await (const news of recordsOf({ last: Math.max(1, ask.last) })) {
    if (ask.last > 0) yield news;
  }
  for await (const change of changes) {
    if (change.key !== key) continue;
    // Looked at before the rest is read: what ends a conversation comes after its last record.
    const now = (await session.read())?.sessionId;
    yield* recordsOf(after === undefined ? {} : { after });
    if (now === sessionId) continue;
    sessionId = now;
    after = undefined;
    yield now === undefined ? { ended: 'removed' } : { ended: 'new conversation', sessionId: now };
    yield* recordsOf({});
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
