/**
 * What is used of `@sqlite.org/sqlite-wasm` and `fzstd`, which only directories with databases need:
 * SQLite's own build for WebAssembly, which runs wherever Node does and lets us read files for it,
 * and a decoder of the rows that OpenClaw keeps compressed.
 */
import { HoldfastError } from '../../model/errors.ts';

/** Where something lies in the memory of the module. */
export type Pointer = number;

/** A value of a row. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** A prepared statement; `get([])` is the whole row. */
export interface Statement {
  bind(values: readonly SqlValue[]): Statement;
  step(): boolean;
  get(into: SqlValue[]): SqlValue[];
  finalize(): void;
}

export interface Connection {
  prepare(sql: string): Statement;
  close(): void;
}

/** A struct of the C interface; `$name` is its member of that name. */
interface Struct {
  pointer: Pointer;
  dispose(): void;
  [member: `$${string}`]: Pointer;
}

type StructClass = { new (at?: Pointer): Struct; structInfo: { sizeof: number } };

export interface Sqlite {
  capi: {
    sqlite3_vfs: StructClass;
    sqlite3_io_methods: StructClass;
    sqlite3_file: StructClass;
    sqlite3_vfs_find(name: string | null): Pointer;
    SQLITE_OPEN_READONLY: number;
    SQLITE_CANTOPEN: number;
    SQLITE_IOERR_READ: number;
    SQLITE_IOERR_SHORT_READ: number;
    SQLITE_IOERR_FSTAT: number;
    SQLITE_NOTFOUND: number;
    SQLITE_READONLY: number;
  };
  wasm: {
    /** Anew at each use: memory that grows lies elsewhere. */
    heap8u(): Uint8Array;
    poke32(at: Pointer, value: number): unknown;
    poke64(at: Pointer, value: bigint): unknown;
    cstrToJs(at: Pointer): string;
    cstrncpy(to: Pointer, from: Pointer, bytesMax: number): number;
    allocCString(text: string): Pointer;
  };
  vfs: { installVfs(parts: Record<string, unknown>): unknown };
  oo1: { DB: new (place: { filename: string; flags: string; vfs: string }) => Connection };
}

export interface SqlitePackages {
  sqlite: Sqlite;
  /** Fills `into`, and no more than that. */
  decompress(bytes: Uint8Array, into: Uint8Array): Uint8Array;
}

/** `STORE_UNSUPPORTED` when one of the two packages is not installed. */
export async function loadSqlite(): Promise<SqlitePackages> {
  // What SQLite would print is in its errors as well.
  const quiet = { print: () => undefined, printErr: () => undefined };
  const begin = (await load('@sqlite.org/sqlite-wasm')).default as (
    settings: typeof quiet,
  ) => Promise<Sqlite>;
  const { decompress } = (await load('fzstd')) as Pick<SqlitePackages, 'decompress'>;
  return { sqlite: await begin(quiet), decompress };
}

async function load(name: string): Promise<Record<string, unknown>> {
  try {
    return (await import(name)) as Record<string, unknown>;
  } catch (cause) {
    throw new HoldfastError(
      'STORE_UNSUPPORTED',
      `Sessions in a database of OpenClaw need the packages @sqlite.org/sqlite-wasm and fzstd, and ${name} can not be loaded. Run: npm install @sqlite.org/sqlite-wasm fzstd`,
      { cause },
    );
  }
}
