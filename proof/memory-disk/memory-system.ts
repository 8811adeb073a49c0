/** The whole world of a store, in memory: disk, locks, clock, timers and chance that repeat themselves. */
import type { FileLock } from '../../src/system/file-lock.ts';
import type { FileSystem } from '../../src/system/file-system.ts';
import type { Machine } from '../../src/system/machine.ts';
import type { System } from '../../src/system/system.ts';
import type { MemoryDisk } from './memory-disk.ts';
import { MemoryFiles } from './memory-files.ts';
import { type LockTable, MemoryLocks } from './memory-locks.ts';

/** 2026-03-01 in UTC. */
const BEGINNING = Date.UTC(2026, 2, 1);
/** So that a look at the clock shows another time, and no deadline is ever near. */
const STEP_MS = 0.01;

export interface MemoryWorld {
  /** Locks that processes on the same disk share; none of others when left out. */
  locks?: LockTable;
  /** Which start of the machine this is. */
  boot?: string;
  /** Others go on while a sync is made. */
  slowSyncs?: boolean;
  /** Tells ids of this process from those of others. */
  process?: number;
}

/** The process that a store runs in: drop it, and its locks are gone with it. */
export class MemorySystem implements System {
  readonly files: MemoryFiles;
  readonly fs: FileSystem;
  readonly lock: FileLock;
  readonly clock: System['clock'];
  readonly timers: System['timers'];
  readonly random: System['random'];
  readonly machine: Machine;
  readonly mount: System['mount'] = { kind: () => 'sound', excludes: async () => true };
  #elapsed = 0;

  constructor(
    disk: MemoryDisk,
    { locks, boot = 'first', process = 1, slowSyncs = false }: MemoryWorld = {},
  ) {
    const held = new MemoryLocks((fd) => this.files.fileOf(fd, 'lock'), locks);
    this.files = new MemoryFiles(disk, (file) => held.drop(file), slowSyncs);
    this.fs = bound(this.files);
    this.lock = held;
    this.clock = {
      now: () => BEGINNING + process * 1_000 + Math.floor(this.#elapsed),
      elapsed: () => {
        this.#elapsed += STEP_MS;
        return this.#elapsed;
      },
    };
    this.timers = {
      after: (ms, call) => {
        const due = setImmediate(() => {
          this.#elapsed += ms;
          call();
        });
        return () => clearImmediate(due);
      },
      every: () => () => undefined,
      soon: (call) => {
        setImmediate(call);
      },
    };
    this.random = countedRandom(process);
    this.machine = { host: 'memory', pid: process, windows: false, boot, openFilesLimit: 1_024 };
  }
}

/** Ids and tokens that rise: no two are ever the same, and a run repeats them. */
function countedRandom(process: number): System['random'] {
  let last = 0;
  const who = process.toString(16).padStart(4, '0');
  const next = () => {
    last += 1;
    return last.toString(16).padStart(12, '0');
  };
  return {
    fraction: () => 0.5,
    id: () => `01a20410-${who}-7000-8000-${next()}`,
    token: () => `${next()}0000000000000000${who}`,
  };
}

/** The store keeps single calls apart from their object. */
function bound(files: MemoryFiles): FileSystem {
  return {
    openSync: (path, flags, mode) => files.openSync(path, flags, mode),
    closeSync: (fd) => files.closeSync(fd),
    readSync: (fd, into, offset, length, at) => files.readSync(fd, into, offset, length, at),
    writeSync: (fd, data, offset, length) => files.writeSync(fd, data, offset, length),
    fstatSync: (fd) => files.fstatSync(fd),
    lstatSync: (path) => files.lstatSync(path),
    mkdirSync: (path, mode) => files.mkdirSync(path, mode),
    readdirSync: (path) => files.readdirSync(path),
    renameSync: (from, to) => files.renameSync(from, to),
    unlinkSync: (path) => files.unlinkSync(path),
    rmdirSync: (path) => files.rmdirSync(path),
    ftruncateSync: (fd, size) => files.ftruncateSync(fd, size),
    chmodSync: (path, mode) => files.chmodSync(path, mode),
    realpathSync: (path) => files.realpathSync(path),
    open: files.open,
    close: files.close,
    read: files.read,
    write: files.write,
    fstat: files.fstat,
    fsync: files.fsync,
    fdatasync: files.fdatasync,
    readdir: files.readdir,
    rename: files.rename,
    unlink: files.unlink,
    rmdir: files.rmdir,
    lstat: files.lstat,
  };
}
