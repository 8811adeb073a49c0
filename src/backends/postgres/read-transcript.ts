import type { TranscriptRange } from '../../contract/backend.ts';
import { sessionGone } from '../../contract/check-guard.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { TranscriptRecord } from '../../model/state.ts';
import type { PostgresContext } from './context.ts';
import { RECORD_COLUMNS, recordOf } from './record-row.ts';
import { conversationGone } from './session-errors.ts';

/** What one query may bring into memory, as far as the average record tells. */
const PAGE_BYTES = 4_194_304;
const PAGE_MIN = 4;
const PAGE_MAX = 500;

interface Conversation {
  number: number;
  lastSeq: number;
  bytes: number;
}

/** The records of a conversation that were there at the first `next`, oldest first, in pages. */
export async function* readTranscript(
  context: PostgresContext,
  key: string,
  range: TranscriptRange,
): AsyncGenerator<TranscriptRecord, void> {
  const conversation = await conversationOf(context, key, range.sessionId);
  const { number, lastSeq, bytes } = conversation;
  const { after = 0, before = Number.MAX_SAFE_INTEGER, last = lastSeq } = range;
  const end = Math.min(lastSeq, before - 1);
  const page = Math.min(
    PAGE_MAX,
    Math.max(PAGE_MIN, Math.floor((PAGE_BYTES * lastSeq) / Math.max(1, bytes))),
  );
  const text = `select ${RECORD_COLUMNS} from ${context.tables.records} r
    where r.conversation = $1 and r.seq > $2 and r.seq <= $3 order by r.seq limit $4`;
  const statement = { what: 'read the transcript', text, writes: false };
  for (let at = Math.max(after, end - last, 0); at < end; ) {
    const rows = await context.connections.run(statement, [number, at, end, page], key);
    for (const row of rows) {
      const record = recordOf(row);
      if (record.seq !== at + 1) await tellGap(context, key, range, at + 1, record.seq);
      at = record.seq;
      yield record;
    }
    if (rows.length === 0) {
      await tellGap(context, key, range, at + 1, end + 1);
      return;
    }
  }
}

async function conversationOf(
  { connections, tables }: PostgresContext,
  key: string,
  sessionId: string | undefined,
): Promise<Conversation> {
  const text = `select s.session_id, s.conversation, s.last_seq, s.bytes, true as active from ${tables.sessions} s where s.key = $1
    union all
    select a.session_id, a.conversation, a.last_seq, a.bytes, false from ${tables.archives} a where a.key = $1 and a.session_id = $2`;
  const statement = { what: 'look for the conversation', text, writes: false };
  const rows = await connections.run(statement, [key, sessionId ?? null], key);
  const active = rows.find((row) => row.active === 't');
  if (!active) throw sessionGone(key);
  const row = sessionId === undefined ? active : rows.find((each) => each.session_id === sessionId);
  if (!row) throw conversationGone(key, sessionId as string);
  return {
    number: Number(row.conversation),
    lastSeq: Number(row.last_seq),
    bytes: Number(row.bytes),
  };
}

/** Places that are missing: the session was removed meanwhile, or somebody deleted its records. */
async function tellGap(
  context: PostgresContext,
  key: string,
  range: TranscriptRange,
  from: number,
  to: number,
): Promise<void> {
  await conversationOf(context, key, range.sessionId);
  const message = `The transcript of session ${JSON.stringify(key)} lacks its records ${from} to ${to - 1}: something else than Holdfast deleted them.`;
  if (range.onDamage === 'throw') throw new HoldfastError('TRANSCRIPT_DAMAGED', message, { key });
  context.settings.onWarning({ code: 'TRANSCRIPT_DAMAGED', key, message });
}
