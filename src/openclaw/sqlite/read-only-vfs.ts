/**
 * SQLite over files that we read for it. It can ask for three files, the database with its log and
 * its journal; one that is not there is empty. Every call that would change something is refused.
 *
 * SQLite believes that it has the database for itself (`locking_mode` exclusive), so that it keeps
 * the index of the log in its own memory and needs no `-shm`. Whether that was true is what
 * `DatabaseFiles.isUnchanged` tells afterwards.
 */
import type { DatabaseFiles, Suffix } from './database-files.ts';
import type { Pointer, Sqlite } from './sqlite-package.ts';

export const VFS_NAME = 'holdfast-read-only';
/** Longer than any name that is handed to SQLite. */
const NAME_BYTES_MAX = 64;
const SECTOR_BYTES = 4_096;

interface OpenFile {
  files: DatabaseFiles;
  suffix: Suffix;
}

/** The file system of one module; databases are known to it by made-up names without a dash. */
export class ReadOnlyVfs {
  readonly #sqlite: Sqlite;
  readonly #databases = new Map<string, DatabaseFiles>();
  readonly #open = new Map<Pointer, OpenFile>();
  #count = 0;
  /** Why the last read failed; SQLite only knows that it did. */
  failure: unknown;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
    const { capi, wasm } = sqlite;
    const io = new capi.sqlite3_io_methods();
    io.$iVersion = 1;
    const vfs = new capi.sqlite3_vfs();
    vfs.$iVersion = 2;
    vfs.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
    vfs.$mxPathname = NAME_BYTES_MAX;
    vfs.$zName = wasm.allocCString(VFS_NAME);
    // Clocks and chance are the module's own; reading needs neither.
    const usual = new capi.sqlite3_vfs(capi.sqlite3_vfs_find(null));
    for (const call of ['$xRandomness', '$xSleep', '$xCurrentTime', '$xGetLastError'] as const) {
      vfs[call] = usual[call] as Pointer;
    }
    vfs.$xCurrentTimeInt64 = usual.$xCurrentTimeInt64 as Pointer;
    usual.dispose();
    sqlite.vfs.installVfs({
      io: { struct: io, methods: { ...this.#reading(), ...this.#refusing(), ...this.#saying() } },
      vfs: { struct: vfs, methods: this.#naming(io.pointer) },
    });
  }

  /** The name under which SQLite opens these files. */
  add(files: DatabaseFiles): string {
    this.#count += 1;
    const name = `database${this.#count}`;
    this.#databases.set(name, files);
    return name;
  }

  remove(name: string): void {
    this.#databases.delete(name);
  }

  #reading() {
    const { capi, wasm } = this.#sqlite;
    return {
      xRead: (file: Pointer, to: Pointer, bytes: number, at: bigint) => {
        const heap = wasm.heap8u();
        try {
          const { files, suffix } = this.#open.get(file) as OpenFile;
          const count = files.read(suffix, heap, to, bytes, Number(at));
          if (count === bytes) return 0;
          heap.fill(0, to + count, to + bytes);
          return capi.SQLITE_IOERR_SHORT_READ;
        } catch (cause) {
          this.failure = cause;
          return capi.SQLITE_IOERR_READ;
        }
      },
      xFileSize: (file: Pointer, size: Pointer) => {
        const { files, suffix } = this.#open.get(file) as OpenFile;
        wasm.poke64(size, BigInt(files.size(suffix)));
        return 0;
      },
      xClose: (file: Pointer) => {
        this.#open.delete(file);
        return 0;
      },
    };
  }

  #refusing() {
    const { SQLITE_READONLY } = this.#sqlite.capi;
    return { xWrite: () => SQLITE_READONLY, xTruncate: () => SQLITE_READONLY };
  }

  #saying() {
    const { capi, wasm } = this.#sqlite;
    return {
      xSync: () => 0,
      xLock: () => 0,
      xUnlock: () => 0,
      xCheckReservedLock: (_file: Pointer, reserved: Pointer) => {
        wasm.poke32(reserved, 0);
        return 0;
      },
      xFileControl: () => capi.SQLITE_NOTFOUND,
      xSectorSize: () => SECTOR_BYTES,
      xDeviceCharacteristics: () => 0,
    };
  }

  #naming(methods: Pointer) {
    const { capi, wasm } = this.#sqlite;
    return {
      xOpen: (_vfs: Pointer, name: Pointer, at: Pointer, _flags: number, done: Pointer) => {
        const found = this.#find(name);
        if (found === undefined) return capi.SQLITE_CANTOPEN;
        const file = new capi.sqlite3_file(at);
        file.$pMethods = methods;
        file.dispose();
        this.#open.set(at, found);
        if (done !== 0) wasm.poke32(done, capi.SQLITE_OPEN_READONLY);
        return 0;
      },
      xAccess: (_vfs: Pointer, name: Pointer, _flags: number, answer: Pointer) => {
        const found = this.#find(name);
        wasm.poke32(answer, found?.files.has(found.suffix) ? 1 : 0);
        return 0;
      },
      xDelete: () => capi.SQLITE_READONLY,
      xFullPathname: (_vfs: Pointer, name: Pointer, bytes: number, to: Pointer) => {
        wasm.cstrncpy(to, name, bytes);
        return 0;
      },
    };
  }

  /** Temporary files have no name and are not wanted: sorting is done in memory. */
  #find(name: Pointer): OpenFile | undefined {
    if (name === 0) return undefined;
    const [database = '', suffix] = this.#sqlite.wasm.cstrToJs(name).split('-');
    const files = this.#databases.get(database);
    if (files === undefined) return undefined;
    return { files, suffix: suffix === undefined ? '' : (`-${suffix}` as Suffix) };
  }
}
