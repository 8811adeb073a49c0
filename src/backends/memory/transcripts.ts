import type { Backend } from '../../contract/backend.ts';
import { sessionGone } from '../../contract/check-guard.ts';
import { HoldfastError } from '../../model/errors.ts';
import { sameRecord } from '../../model/record.ts';
import type { NewRecord, TranscriptRecord } from '../../model/state.ts';
import type { Conversation, HeldSession } from './held-session.ts';
import { conversationGone, type MemoryData } from './memory-data.ts';

/** The append-only records of a conversation. */
export function transcripts(data: MemoryData): Pick<Backend, 'append' | 'transcript'> {
  return {
    async append(key, record, ask, guard) {
      const found = data.checked(key, guard);
      const first = ask.id === undefined ? undefined : found?.conversation.byId.get(ask.id);
      if (first) return repeated(key, first, record);
      const session = data.ensure(key);
      const stored = complete(record, ask.id ?? data.world.newId(), session, data.world.now());
      add(session.conversation, stored);
      data.tell(key, 'append');
      return stored;
    },

    async *transcript(key, range) {
      const session = data.sessions.get(key);
      if (!session) throw sessionGone(key);
      const { after = 0, before = Number.POSITIVE_INFINITY, last } = range;
      const { records } = conversationOf(session, range.sessionId);
      const wanted = records.filter(({ seq }) => seq > after && seq < before);
      yield* last === undefined ? wanted : wanted.slice(Math.max(0, wanted.length - last));
    },
  };
}

/** The active conversation, or one of the archived ones. */
function conversationOf(session: HeldSession, sessionId: string | undefined): Conversation {
  const { conversation, archives, key } = session;
  if (sessionId === undefined || sessionId === conversation.sessionId) return conversation;
  const archive = archives.find((each) => each.conversation.sessionId === sessionId);
  if (!archive) throw conversationGone(key, sessionId);
  return archive.conversation;
}

function repeated(key: string, first: TranscriptRecord, record: NewRecord): TranscriptRecord {
  if (sameRecord(first, record)) return first;
  throw new HoldfastError(
    'INVALID_ENTRY',
    `Session ${JSON.stringify(key)} has another record with the id ${JSON.stringify(first.id)}. Give a new record a new id.`,
    { key },
  );
}

function complete(
  record: NewRecord,
  id: string,
  { conversation }: HeldSession,
  now: number,
): TranscriptRecord {
  const { type, parentId = conversation.leaf, timestamp, ...rest } = record;
  return Object.freeze({
    type,
    id,
    parentId,
    timestamp: timestamp ?? new Date(now).toISOString(),
    ...rest,
    seq: conversation.records.length + 1,
  });
}

function add(conversation: Conversation, record: TranscriptRecord): void {
  // First, because a row that names itself names nothing that was there before it.
  conversation.leaf = leafAfter(conversation, record);
  conversation.records.push(record);
  conversation.byId.set(record.id, record);
}

/**
 * Where the next record goes: below the newest one, but for what other programs write beside it. A
 * `leaf` row moves the leaf to a record that exists, and a row of the mode `side` leaves it alone.
 */
function leafAfter({ leaf, byId }: Conversation, record: TranscriptRecord): string | null {
  if (record.type === 'leaf') {
    const target = record.appendParentId ?? record.targetId;
    return target === null || byId.has(target) ? target : leaf;
  }
  return record.appendMode === 'side' ? leaf : record.id;
}
