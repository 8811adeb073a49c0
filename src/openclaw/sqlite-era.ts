import { join } from 'node:path';
import type { FileSystem } from '../system/file-system.ts';
import { directoryKind, readOwnFile } from './own-file.ts';

export const DATABASE_NAME = 'openclaw-agent.sqlite';
/** Where the text of a schema stands in a file that did not grow before it got its tables. */
const SCHEMA_BYTES = 1_048_576;

/**
 * Whether the text of an agent's SQLite file, or of its log, has tables of sessions: for who does
 * not open it, or can not. From 2026.7.2 on it has them, and a `sessions.json` beside it is a
 * leftover; 2026.7.1 already has the file, without those tables.
 */
export async function keepsSessionsInSqlite(fs: FileSystem, agentHome: string): Promise<boolean> {
  const folder = join(agentHome, 'agent');
  if ((await directoryKind(fs, folder)) !== 'directory') return false;
  for (const suffix of ['', '-wal']) {
    const path = join(folder, DATABASE_NAME + suffix);
    const read = await readOwnFile(fs, path, { headBytes: SCHEMA_BYTES });
    if (!('bytes' in read)) continue;
    const text = read.bytes.toString('latin1');
    if (/CREATE TABLE\s+(IF NOT EXISTS\s+)?["`[]?session_(nodes|entries)\b/i.test(text))
      return true;
  }
  return false;
}
