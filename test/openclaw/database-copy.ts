/** Databases of OpenClaw for tests: copies of the fixtures, changed with SQLite itself in memory. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import sqlite3InitModule, { type Database, type SqlValue } from '@sqlite.org/sqlite-wasm';
import { temporaryDirectory } from './state-copy.ts';

const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

export type DatabaseFixture = 'sqlite' | 'sqlite-imported' | 'sqlite-wal';

/** A copy of a state directory with its databases unpacked. */
export function databaseCopy(fixture: DatabaseFixture): string {
  const root = join(temporaryDirectory(), 'state');
  cpSync(join(FIXTURES, fixture, 'state-dir'), root, { recursive: true });
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.gz')) continue;
    const packed = join(root, name);
    writeFileSync(packed.slice(0, -'.gz'.length), gunzipSync(readFileSync(packed)));
    rmSync(packed);
  }
  return root;
}

/** A state directory with one agent whose database is made by these statements. */
export async function databaseOf(sql: string): Promise<string> {
  const root = join(temporaryDirectory(), 'state');
  mkdirSync(dirname(databasePath(root)), { recursive: true });
  await editDatabase(databasePath(root), sql);
  return root;
}

export function databasePath(root: string, agentId = 'main'): string {
  return join(root, 'agents', agentId, 'agent', 'openclaw-agent.sqlite');
}

// biome-ignore lint/suspicious/noExplicitAny: answers of another program
export function expectedOf(fixture: DatabaseFixture): any {
  return JSON.parse(readFileSync(join(FIXTURES, fixture, 'expected.json'), 'utf8'));
}

/** Runs statements on a database, which is made when it is not there. */
export async function editDatabase(path: string, sql: string): Promise<void> {
  await inMemory(path, (database, bytesOf) => {
    database.exec(sql);
    const bytes = bytesOf();
    // As the program leaves it: its next writer would make a log beside it.
    bytes[18] = 2;
    bytes[19] = 2;
    writeFileSync(path, bytes);
  });
}

/** The rows of a query, by another way than the product reads them. */
export async function rowsOf(path: string, sql: string): Promise<Record<string, SqlValue>[]> {
  return inMemory(path, (database) => database.selectObjects(sql));
}

async function inMemory<T>(
  path: string,
  work: (database: Database, bytesOf: () => Uint8Array) => T,
): Promise<T> {
  const { capi, oo1, wasm } = await sqlite3InitModule();
  const database = new oo1.DB(':memory:');
  try {
    if (existsSync(path)) {
      const bytes = new Uint8Array(readFileSync(path));
      // What lies in memory has no log.
      bytes[18] = 1;
      bytes[19] = 1;
      const at = wasm.allocFromTypedArray(bytes);
      const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
      const { length } = bytes;
      database.checkRc(
        capi.sqlite3_deserialize(database.pointer as number, 'main', at, length, length, flags),
      );
    }
    return work(database, () => capi.sqlite3_js_db_export(database));
  } finally {
    database.close();
  }
}
