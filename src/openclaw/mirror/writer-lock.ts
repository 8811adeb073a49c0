/**
 * The right to write the mirror of one agent, held by one process: a lock of the kernel, which ends
 * with its process, so that another one takes over when a writer dies.
 *
 *     without --the lock is free, and lies under its name--> held
 *     held    --its file was removed or replaced--> without
 *
 * What the file contains is for people, but for the name of the temp file that the holder writes:
 * whoever takes over after a crash removes that one, and no other, because other programs write
 * temp files of this form, too.
 */
import { join } from 'node:path';
import { isPlainObject } from '../../model/plain-object.ts';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import { readOwnFile, whyNotOwnAt } from '../own-file.ts';
import { factsAt, removeIfThere } from './file-facts.ts';
import { type MirrorPaths, TEMPORARY } from './mirror-paths.ts';

/** What a holder says of itself is a few words. */
const BYTES_MAX = 4_096;

export class WriterLock {
  readonly #system: System;
  readonly #paths: MirrorPaths;
  readonly #holder: object;
  #fd = -1;
  #temporary = '';

  /** `holder`: who this is, for people. */
  constructor(system: System, paths: MirrorPaths, holder: object) {
    this.#system = system;
    this.#paths = paths;
    this.#holder = holder;
  }

  /** The path of the file that is written before it becomes the mirror. */
  get temporary(): string {
    return this.#temporary;
  }

  /** `new`: this process is the writer from now on; `held`: it was already; `no`: another one is. Never waits. */
  async take(): Promise<'held' | 'new' | 'no'> {
    if (this.#fd >= 0 && (await this.#isInPlace())) return 'held';
    await this.release();
    const { fs, lock } = this.#system;
    const odd = await factsAt(fs, this.#paths.lock);
    if (odd !== undefined && (await whyNotOwnAt(fs, this.#paths.lock)) !== undefined) return 'no';
    const fd = await fs.open(this.#paths.lock, OPEN.lock, 0o600);
    let begun = false;
    try {
      if (!lock.tryLock(fd)) return 'no';
      this.#fd = fd;
      if (!(await this.#isInPlace())) return 'no';
      await this.#begin();
      begun = true;
      return 'new';
    } finally {
      // Closing it lets go of the lock, too.
      if (!begun) {
        this.#fd = -1;
        await fs.close(fd);
      }
    }
  }

  async release(): Promise<void> {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    this.#system.lock.unlock(fd);
    await this.#system.fs.close(fd);
  }

  /** A lock on a file that has lost its name excludes nobody. */
  async #isInPlace(): Promise<boolean> {
    const { fs } = this.#system;
    const held = await fs.fstat(this.#fd);
    const named = await factsAt(fs, this.#paths.lock);
    return named?.ino === held.ino && named.dev === held.dev && held.nlink === 1;
  }

  async #begin(): Promise<void> {
    const { fs, random, clock, machine } = this.#system;
    const former = await readOwnFile(fs, this.#paths.lock, { bytesMax: BYTES_MAX });
    const left = 'bytes' in former ? temporaryIn(former.bytes) : undefined;
    if (left !== undefined) await removeIfThere(fs, join(this.#paths.directory, left));
    const since = clock.now();
    const name = `sessions.json.${machine.pid}.${random.id(since)}.tmp`;
    this.#temporary = join(this.#paths.directory, name);
    fs.ftruncateSync(this.#fd, 0);
    const told = { ...this.#holder, since: new Date(since).toISOString(), temporary: name };
    await writeBytes(fs, this.#fd, `${JSON.stringify(told)}\n`);
  }
}

function temporaryIn(bytes: Buffer): string | undefined {
  try {
    const told: unknown = JSON.parse(bytes.toString('utf8'));
    const name = isPlainObject(told) ? told.temporary : undefined;
    return typeof name === 'string' && TEMPORARY.test(name) ? name : undefined;
  } catch {
    // Its writer died while it wrote this, and had no temp file yet.
    return undefined;
  }
}
