import { createHash, type Hash } from 'node:crypto';
import type { Conversation, SessionReader, SessionView } from './session-reader.ts';

/** What can be compared of a session in two stores, and what a removal asks for. */
export interface SessionSum {
  /** SHA-256 of everything that is the same wherever the session lies. */
  sum: string;
  rev: number;
  sessionId: string;
  conversations: number;
  records: number;
}

/**
 * The checksum of a session as a store has it; `undefined` when there is none. What is a store's own
 * is left out: the `seq` of a record, the bytes of an archive, the order of fields.
 */
export async function sumOf(
  reader: SessionReader,
  signal?: AbortSignal,
): Promise<SessionSum | undefined> {
  const view = await reader.view();
  if (!view) return undefined;
  const conversations = view.conversations.toSorted(byTime);
  const hash = createHash('sha256');
  addView(hash, { ...view, conversations });
  let records = 0;
  for (const { sessionId } of conversations) {
    add(hash, ['conversation', sessionId]);
    for await (const { seq: _seq, ...record } of reader.records(sessionId)) {
      signal?.throwIfAborted();
      add(hash, record);
      records += 1;
    }
  }
  await reader.checkSame(view);
  const { rev, sessionId } = view.state;
  return {
    sum: hash.digest('hex'),
    rev,
    sessionId,
    conversations: conversations.length,
    records,
  };
}

function addView(hash: Hash, { state, conversations }: SessionView): void {
  const { rev, sessionId, createdAt, updatedAt } = state;
  add(hash, { rev, sessionId, createdAt, updatedAt, entry: conversations.at(-1)?.entry });
  const archives = conversations.filter(({ ended }) => ended !== undefined);
  for (const { ended, beganAt, ...archive } of archives) add(hash, { ...archive, beganAt, ended });
}

/** As times and ids say, because clocks may have stepped; the active one is the last. */
function byTime(a: Conversation, b: Conversation): number {
  const at = ({ ended }: Conversation) => ended?.archivedAt ?? Number.POSITIVE_INFINITY;
  if (at(a) !== at(b)) return at(a) < at(b) ? -1 : 1;
  return a.sessionId < b.sessionId ? -1 : 1;
}

/** As JSON whose fields are in one order, whatever order a store has kept them in. */
function add(hash: Hash, value: unknown): void {
  hash.update(`${JSON.stringify(value, inOrder)}\n`);
}

function inOrder(_field: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}
