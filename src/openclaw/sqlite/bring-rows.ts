import type { Backend, Past } from '../../contract/backend.ts';
import { HoldfastError } from '../../model/errors.ts';
import { LIMITS } from '../../model/limits.ts';
import { nextOf } from '../next-of.ts';
import { copyTranscript } from './copy-transcript.ts';
import type { Database } from './database.ts';
import type { PlannedRows, PlannedWindow } from './planned-rows.ts';
import type { SessionTables } from './session-tables.ts';

/** How the try to make a session ended, and how many records it wrote. */
export interface Brought {
  how: 'made' | 'there' | 'another';
  records: number;
}

export interface BringWork {
  backend: Backend | undefined;
  database: Database;
  tables: SessionTables;
  signal: AbortSignal | undefined;
}

export const CHANGED =
  'OpenClaw has written to it meanwhile; what was not taken over until then was left. Stop it and adopt again';

/** What was read may be of two states of the database. */
export class ChangedMeanwhile extends HoldfastError {
  constructor() {
    super('IO_FAILED', CHANGED);
  }
}

/**
 * Makes a session, its oldest conversation first, each with its records. A run that died left it with
 * one of its conversations as the active one, and a part of the records of that: the rest follows
 * from there.
 */
export async function bringRows(
  { key, conversations }: PlannedRows,
  pasts: readonly Past[],
  work: BringWork,
  told: string[],
): Promise<Brought> {
  const { backend } = work;
  const brought: Brought = { how: 'made', records: 0 };
  if (backend === undefined) return brought;
  const copy = async (conversation: PlannedWindow | undefined, begun: boolean) => {
    const { records, damage } = await copyRecords(backend, key, conversation, begun, work);
    brought.records += records;
    if (damage !== undefined) told.push(damage);
  };
  let at = 0;
  const isNew = await backend.adopt(key, pasts[0] as Past);
  if (!isNew) {
    const there = await backend.read(key);
    at = conversations.findIndex(({ sessionId }) => sessionId === there?.sessionId);
    if (at < 0) {
      told.push('a session of this key is there with another conversation, and stays');
      return { how: 'another', records: 0 };
    }
    if (at === conversations.length - 1) brought.how = 'there';
  }
  await copy(conversations[at], !isNew);
  for (const [index, past] of pasts.entries()) {
    if (index <= at) continue;
    const former = conversations[index - 1] as PlannedWindow;
    await backend.adoptNext(key, nextOf(past, former), { ifSessionId: former.sessionId });
    await copy(conversations[index], false);
  }
  return brought.records > 0 ? { ...brought, how: 'made' } : brought;
}

async function copyRecords(
  backend: Backend,
  key: string,
  conversation: PlannedWindow | undefined,
  begun: boolean,
  { tables, database, signal }: BringWork,
): Promise<{ records: number; damage: string | undefined }> {
  if (!conversation?.hasRows) return { records: 0, damage: undefined };
  const { sessionId } = conversation;
  const check = () => {
    if (!database.files.isUnchanged()) throw new ChangedMeanwhile();
  };
  const rows = tables.events(sessionId, LIMITS.recordBytesMax);
  const { decompress } = database;
  return copyTranscript({ backend, key, sessionId, rows, decompress, check, begun, signal });
}
