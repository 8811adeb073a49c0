import { join } from 'node:path';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { System } from '../../system/system.ts';
import { BlobStore } from './blob-store.ts';
import { bothEnded } from './both-ended.ts';
import type { DescriptorPool } from './descriptor-pool.ts';
import type { Disk } from './disk.ts';
import { errno, ioError } from './io-error.ts';
import { Journal } from './journal.ts';
import { type AgentPaths, agentPaths } from './layout.ts';
import { narrowDirectory, requireRealDirectory } from './safe-path.ts';

/** Makes one directory, or finds it; a link in its place is `UNSAFE_PATH`. */
export function makeDirectory(system: System, path: string): void {
  try {
    system.fs.mkdirSync(path, 0o700);
  } catch (cause) {
    if (errno(cause) !== 'EEXIST') throw ioError(cause, `make the directory ${path}`);
    requireRealDirectory(system.fs, path);
  }
}

/** The files that the sessions of one agent share: directories, blobs, this store's journal. */
export class AgentFiles {
  readonly paths: AgentPaths;
  readonly blobs: BlobStore;
  readonly journal: Journal;
  readonly #system: System;
  readonly #root: string;
  readonly #folder: string;
  #checked = false;
  #made = false;
  /** The way to the sessions is on the disk, or on its way there. */
  #way: Promise<void> | undefined;

  /** `folder` is the agent's directory below `agents`. */
  constructor(
    system: System,
    disk: Disk,
    pool: DescriptorPool,
    root: string,
    folder: string,
    identity: string,
  ) {
    this.#system = system;
    this.#root = root;
    this.#folder = folder;
    this.paths = agentPaths(root, folder);
    this.blobs = new BlobStore(system, this.paths.blobs, () =>
      makeDirectory(system, this.paths.blobs),
    );
    this.journal = new Journal(system, disk, pool, this.paths.changes, identity);
  }

  /** Makes sure, once, that no link leads out of the store on the way to this agent's sessions. */
  check(): boolean {
    if (this.#checked) return true;
    for (const path of this.#chain()) {
      if (!requireRealDirectory(this.#system.fs, path)) return false;
      narrowDirectory(this.#system, path);
    }
    this.#checked = true;
    return true;
  }

  /** Makes the directories that are missing. */
  make(): void {
    if (this.#made) return;
    for (const path of this.#chain()) makeDirectory(this.#system, path);
    makeDirectory(this.#system, this.paths.changes);
    this.check();
    this.#made = true;
  }

  /** After somebody has removed directories under a running store they are made again. */
  forget(): void {
    this.#made = false;
    this.#checked = false;
    this.#way = undefined;
  }

  /** Makes the names of all sessions durable, and, once, the way from the root to them. */
  async sync(): Promise<void> {
    this.#way ??= this.#syncWay();
    await bothEnded(this.#way, syncDirectory(this.#system, this.paths.sessions));
  }

  async #syncWay(): Promise<void> {
    const way = this.#chain().filter((path) => path !== this.paths.sessions);
    try {
      for (const path of [...way.reverse(), this.#root]) await syncDirectory(this.#system, path);
    } catch (cause) {
      this.#way = undefined;
      throw cause;
    }
  }

  #chain(): string[] {
    const agents = join(this.#root, 'agents');
    return [agents, join(agents, this.#folder), this.paths.base, this.paths.sessions];
  }
}
