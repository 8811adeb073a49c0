import type { Backend, Guard } from '../contract/backend.ts';
import { checkRecordId } from '../model/record.ts';
import type { NewRecord, TranscriptRecord } from '../model/state.ts';
import type { Conversation, SessionReader, SessionView } from './session-reader.ts';

/** How a copy of one session ended: `gone` from the source, or `taken` by somebody in the target. */
export type Copied = 'done' | 'gone' | 'taken';

/** What a copy of one session is told besides its stores. */
export interface OneCopy {
  signal?: AbortSignal | undefined;
  /** Called for each record that was written. */
  onRecord(): void;
}

/**
 * Writes a session into a store that has none under its key: its oldest conversation first, each with
 * its records as they are. One record at a time is in memory.
 */
export async function copySession(
  reader: SessionReader,
  to: Backend,
  key: string,
  copy: OneCopy,
): Promise<Copied> {
  const view = await reader.view();
  if (!view) return 'gone';
  const [oldest, ...later] = view.conversations as [Conversation, ...Conversation[]];
  if (!(await adoptOldest(to, key, view, oldest))) return 'taken';
  await copyRecords(reader, to, key, oldest, copy);
  let before = oldest;
  for (const next of later) {
    const { reason = '', archivedAt = 0 } = before.ended ?? {};
    const { sessionId, entry, beganAt } = next;
    const updatedAt = timeOf(view, next);
    const guard = { ifSessionId: before.sessionId };
    await to.adoptNext(key, { reason, archivedAt, sessionId, entry, beganAt, updatedAt }, guard);
    await copyRecords(reader, to, key, next, copy);
    before = next;
  }
  return 'done';
}

/** Each conversation that follows raises the revision by one, up to the one that the session has. */
function adoptOldest(
  to: Backend,
  key: string,
  view: SessionView,
  { sessionId, entry, beganAt, ended }: Conversation,
): Promise<boolean> {
  const { state, conversations } = view;
  return to.adopt(key, {
    sessionId,
    entry,
    createdAt: state.createdAt,
    beganAt: ended === undefined ? state.createdAt : beganAt,
    updatedAt: timeOf(view, { ended }),
    rev: Math.max(1, state.rev - conversations.length + 1),
  });
}

/** `updatedAt` while a conversation is the active one: never beyond that of the session. */
function timeOf(
  { state }: SessionView,
  { ended }: { ended?: Conversation['ended'] | undefined },
): number {
  return Math.min(ended?.archivedAt ?? state.updatedAt, state.updatedAt);
}

async function copyRecords(
  reader: SessionReader,
  to: Backend,
  key: string,
  { sessionId }: Conversation,
  { signal, onRecord }: OneCopy,
): Promise<void> {
  // Nothing is made anew and nothing goes elsewhere, whatever others do in the target.
  const guard: Guard = { ifExists: true, ifSessionId: sessionId };
  for await (const record of reader.records(sessionId)) {
    signal?.throwIfAborted();
    const { id } = record;
    // Other programs write transcripts, too; not every store could keep what can be in a file.
    checkRecordId(id);
    if (record.parentId !== null) checkRecordId(record.parentId);
    await to.append(key, asNew(record), { id }, guard);
    onRecord();
  }
}

function asNew({ id: _id, seq: _seq, ...record }: TranscriptRecord): NewRecord {
  return record as NewRecord;
}
