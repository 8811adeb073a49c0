import { freezeJson } from '../../model/freeze-json.ts';
import type { Json } from '../../model/json.ts';
import type { NewRecord, TranscriptRecord } from '../../model/state.ts';
import type { Row } from './session-row.ts';

/** What a record is made of. `r` is its row. */
export const RECORD_COLUMNS = 'r.seq, r.id, r.parent_id, r.at, r.record::text as record';

/** The record that a row holds, frozen all the way. */
export function recordOf(row: Row): TranscriptRecord {
  const { type, ...rest } = JSON.parse(row.record as string) as NewRecord;
  return freezeJson({
    type,
    id: row.id as string,
    parentId: row.parent_id,
    timestamp: row.at as string,
    ...rest,
    seq: Number(row.seq),
  } as unknown as Json) as unknown as TranscriptRecord;
}
