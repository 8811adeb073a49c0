/** A database that is read, and never written: see `read-only-vfs.ts`. */
import { HoldfastError } from '../../model/errors.ts';
import type { FileSystem } from '../../system/file-system.ts';
import { DatabaseFiles } from './database-files.ts';
import { ReadOnlyVfs, VFS_NAME } from './read-only-vfs.ts';
import {
  type Connection,
  loadSqlite,
  type SqlitePackages,
  type SqlValue,
} from './sqlite-package.ts';

/** KiB of pages that are kept: the way to a row is a handful of pages, and rows are read in order. */
const CACHE_KIB = 4_096;

/** Opens databases; the module is loaded when the first one is opened. */
export class Databases {
  readonly #fs: FileSystem;
  #loading: Promise<{ packages: SqlitePackages; vfs: ReadOnlyVfs }> | undefined;

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /**
   * `undefined` when there is none of this name, and the reason when it can not be read.
   * `STORE_UNSUPPORTED` when the packages that read it are not installed.
   */
  async open(folder: string, name: string): Promise<Database | { reason: string } | undefined> {
    const files = DatabaseFiles.open(this.#fs, folder, name);
    if (files === undefined || 'reason' in files) return files;
    try {
      this.#loading ??= begin();
      const { packages, vfs } = await this.#loading;
      return new Database(packages, vfs, files);
    } catch (error) {
      files.close();
      if (error instanceof Unreadable) return { reason: error.message };
      throw error;
    }
  }
}

async function begin() {
  const packages = await loadSqlite();
  return { packages, vfs: new ReadOnlyVfs(packages.sqlite) };
}

/** What SQLite said of the bytes, or the system that did not give them, which may be over next time. */
export class Unreadable extends HoldfastError {
  readonly isDamage: boolean;

  constructor(reason: string, cause: unknown, isDamage: boolean) {
    super('IO_FAILED', reason, { cause });
    this.isDamage = isDamage;
  }
}

export class Database {
  readonly files: DatabaseFiles;
  readonly decompress: SqlitePackages['decompress'];
  readonly #vfs: ReadOnlyVfs;
  readonly #name: string;
  readonly #connection: Connection;

  constructor({ sqlite, decompress }: SqlitePackages, vfs: ReadOnlyVfs, files: DatabaseFiles) {
    this.files = files;
    this.decompress = decompress;
    this.#vfs = vfs;
    this.#name = vfs.add(files);
    this.#connection = this.#tried(() => {
      const place = { filename: this.#name, flags: 'r', vfs: VFS_NAME };
      return new sqlite.oo1.DB(place);
    });
    try {
      this.row('PRAGMA locking_mode = exclusive');
      this.row(`PRAGMA cache_size = -${CACHE_KIB}`);
      // The state that is read from here on, to the last statement.
      this.row('BEGIN');
      this.row('SELECT count(*) FROM sqlite_schema');
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  /** One row after another; each is a copy. {@link Unreadable} where the file is damaged. */
  *rows(sql: string, values: readonly SqlValue[] = []): Generator<SqlValue[]> {
    const statement = this.#tried(() => this.#connection.prepare(sql));
    try {
      if (values.length > 0) this.#tried(() => statement.bind(values));
      while (this.#tried(() => statement.step())) yield this.#tried(() => statement.get([]));
    } finally {
      statement.finalize();
    }
  }

  row(sql: string, values: readonly SqlValue[] = []): SqlValue[] | undefined {
    for (const row of this.rows(sql, values)) return row;
    return undefined;
  }

  /** The columns of a table; none when there is no such table. */
  columns(table: string): ReadonlySet<string> {
    const rows = [...this.rows('SELECT name FROM pragma_table_info(?)', [table])];
    return new Set(rows.map(([name]) => String(name)));
  }

  close(): void {
    this.#end();
    this.files.close();
  }

  #end(): void {
    this.#connection.close();
    this.#vfs.remove(this.#name);
  }

  #tried<T>(call: () => T): T {
    this.#vfs.failure = undefined;
    try {
      return call();
    } catch (cause) {
      const { failure } = this.#vfs;
      throw new Unreadable(whyNot(cause as Error, failure), cause, failure === undefined);
    }
  }
}

function whyNot({ message }: Error, failure: unknown): string {
  if (failure !== undefined) return `it cannot be read: ${(failure as Error).message}`;
  if (message.includes('READONLY_ROLLBACK') || message.includes('CANTOPEN')) {
    return 'a change of it was cut off and not taken back: let the OpenClaw that wrote it start once, and stop it';
  }
  return `it cannot be read: ${message.replace(/^SQLITE_\w+: sqlite3 result code \d+: /, '')}`;
}
