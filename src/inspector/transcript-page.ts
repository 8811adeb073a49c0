import type { Store, TranscriptOptions } from '../contract/store.ts';
import { HoldfastError } from '../model/errors.ts';
import { jsonBytes } from '../model/json-bytes.ts';
import type { TranscriptRecord } from '../model/state.ts';
import { existing } from './session-view.ts';
import { isLarge, shortened } from './short-record.ts';
import type { TranscriptPage } from './wire.ts';

/** Bytes of a page, so that no session holds up the page of a browser, nor the gateway. */
const PAGE_BYTES_MAX = 2_097_152;
const LAST = 50;

/** Which records of a session. */
export interface TranscriptAsk {
  key: string;
  /** The active conversation when left out. */
  sessionId?: string | undefined;
  before?: number | undefined;
  after?: number | undefined;
  /** Default 50. */
  last?: number | undefined;
}

/** The last records of a conversation, or the last in front of one, or behind one. */
export async function transcriptPage(store: Store, ask: TranscriptAsk): Promise<TranscriptPage> {
  const { key, before, after, last = LAST } = ask;
  const sessionId = ask.sessionId ?? (await existing(store, key)).sessionId;
  const options: TranscriptOptions = {
    sessionId,
    // One more than is shown tells whether there are others in front of it.
    last: last + 1,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
  const records: TranscriptRecord[] = [];
  const large = new Set<number>();
  let bytes = 0;
  let more = false;
  for await (const record of store.session(key).transcript(options)) {
    if (isLarge(record)) large.add(record.seq);
    const shown = large.has(record.seq) ? shortened(record) : record;
    records.push(shown);
    bytes += jsonBytes(shown);
    while (records.length > last || (bytes > PAGE_BYTES_MAX && records.length > 1)) {
      bytes -= jsonBytes(records.shift());
      more = true;
    }
  }
  const sent = records.map(({ seq }) => seq).filter((seq) => large.has(seq));
  return { sessionId, records, complete: !more, shortened: sent };
}

/** One record as it is, of up to 16 MiB. */
export async function wholeRecord(
  store: Store,
  ask: { key: string; sessionId?: string | undefined; seq: number },
): Promise<TranscriptRecord> {
  const { key, seq } = ask;
  const sessionId = ask.sessionId ?? (await existing(store, key)).sessionId;
  const options = { sessionId, last: 1, before: seq + 1 };
  for await (const record of store.session(key).transcript(options)) {
    if (record.seq === seq) return record;
  }
  const message = `Session ${JSON.stringify(key)} has no record ${seq} in conversation ${sessionId}.`;
  throw new HoldfastError('SESSION_GONE', message, { key });
}
