/**
 * Which of the two eras an agent is in. From 2026.7.2 on its sessions are in a database, and a
 * `sessions.json` beside it is a leftover; 2026.7.1 already has the file, without such tables.
 */
import { dirname } from 'node:path';
import { isHoldfastError } from '../../model/errors.ts';
import type { FileSystem } from '../../system/file-system.ts';
import { directoryKind } from '../own-file.ts';
import { DATABASE_NAME, keepsSessionsInSqlite } from '../sqlite-era.ts';
import type { Database, Databases } from './database.ts';
import { SessionTables } from './session-tables.ts';

/** A database that holds the sessions of an agent; whoever gets it closes it. */
export interface LiveDatabase {
  database: Database;
  tables: SessionTables;
}

/** A database that can not be read. `sure`: it is known that sessions are in it. */
export interface UnreadableDatabase {
  reason: string;
  sure: boolean;
}

/** The sessions of an agent in its folder `agent`. `undefined`: they are not in a database. */
export async function liveDatabase(
  databases: Databases,
  fs: FileSystem,
  folder: string,
): Promise<LiveDatabase | UnreadableDatabase | undefined> {
  if ((await directoryKind(fs, folder)) !== 'directory') return undefined;
  let database: Database | { reason: string } | undefined;
  try {
    database = await databases.open(folder, DATABASE_NAME);
    if (database === undefined) return undefined;
    if (!('reason' in database)) return withTables(database);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    database = { reason: error.message };
  }
  return { reason: database.reason, sure: await keepsSessionsInSqlite(fs, dirname(folder)) };
}

function withTables(database: Database): LiveDatabase | UnreadableDatabase | undefined {
  let tables: ReturnType<typeof SessionTables.find>;
  try {
    tables = SessionTables.find(database);
  } catch (error) {
    database.close();
    throw error;
  }
  if (tables instanceof SessionTables) return { database, tables };
  database.close();
  return tables && { ...tables, sure: true };
}
