import { join } from 'node:path';
import type { FileSystem } from '../system/file-system.ts';
import { directoryKind, readOwnFile } from './own-file.ts';

/** The text of the schema stands in the first pages. */
const SCHEMA_BYTES = 1_048_576;

/**
 * Whether an agent's SQLite file has tables of sessions. From 2026.7.2 on it has, and a
 * `sessions.json` beside it is a leftover; 2026.7.1 already has the file, without those tables.
 */
export async function keepsSessionsInSqlite(fs: FileSystem, agentHome: string): Promise<boolean> {
  const folder = join(agentHome, 'agent');
  if ((await directoryKind(fs, folder)) !== 'directory') return false;
  const read = await readOwnFile(fs, join(folder, 'openclaw-agent.sqlite'), {
    headBytes: SCHEMA_BYTES,
  });
  if (!('bytes' in read)) return false;
  return /CREATE TABLE\s+(IF NOT EXISTS\s+)?["`[]?session_(nodes|entries)\b/i.test(
    read.bytes.toString('latin1'),
  );
}
