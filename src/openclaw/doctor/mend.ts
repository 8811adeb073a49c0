/**
 * Doing what an examination has offered. Nothing is deleted: a file that is in the way is moved into a
 * new directory inside the state directory, under its relative path, beside a list of what was done.
 * Each finding is looked at again at that moment; what is not any more as it was found is left alone.
 */
import { dirname, join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { type FileSystem, OPEN } from '../../system/file-system.ts';
import type { Neighbours } from '../../system/neighbours.ts';
import type { System } from '../../system/system.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import { findLiveGateway, pidIn } from '../live-gateway.ts';
import { readOwnFile, whyNotOwnAt } from '../own-file.ts';
import { type Means, realDirectory } from './examine.ts';
import type { Finding } from './finding.ts';
import { TEMPORARY_OLD_MS } from './list-copies.ts';
import { LOCK_STALE_MS } from './lock-findings.ts';
import { nameKind } from './session-names.ts';

export interface MendReport {
  /** Where what was moved lies now, relative to the state directory; none when nothing was done. */
  keptIn: string | undefined;
  done: { path: string; what: string }[];
  /** What was left alone, and why. */
  left: { path: string; reason: string }[];
}

const NOTES = 'done.json';
const LOCK_BYTES_MAX = 4_096;
/** Only files in the `sessions` directory of an agent are ever moved. */
const PLACE = /^agents\/[a-z0-9][a-z0-9_~-]{0,97}\/sessions\/([^/\\]+)$/;

export async function mend(
  asked: string,
  findings: readonly Finding[],
  { system: real, neighbours }: Pick<Means, 'system' | 'neighbours'>,
): Promise<MendReport> {
  const { root } = realDirectory(real, asked);
  const system = { ...real, fs: real.confine?.(real.fs, root) ?? real.fs };
  const live = await findLiveGateway(system.fs, neighbours, root);
  if (live !== undefined) {
    throw new HoldfastError(
      'SESSION_BUSY',
      `Nothing is changed in ${root} while a gateway is at work: ${live.reason}. Stop it and try again.`,
    );
  }
  const work = new Mending(system, neighbours, root);
  for (const finding of findings) if (finding.fix !== undefined) await work.one(finding);
  await work.writeNotes();
  return work.report;
}

class Mending {
  readonly report: MendReport = { keptIn: undefined, done: [], left: [] };
  readonly #system: System;
  readonly #neighbours: Neighbours;
  readonly #root: string;

  constructor(system: System, neighbours: Neighbours, root: string) {
    this.#system = system;
    this.#neighbours = neighbours;
    this.#root = root;
  }

  async one({ path = '', fix }: Finding): Promise<void> {
    try {
      const reason =
        fix?.do === 'chmod' ? this.#narrow(path, fix.from, fix.to) : await this.#moveAside(path);
      if (reason !== undefined) this.report.left.push({ path, reason });
    } catch (cause) {
      // One that fails does not keep the others from being done; the report tells of it.
      this.report.left.push({ path, reason: (cause as Error).message });
    }
  }

  /** Takes rights away, never gives any. */
  #narrow(path: string, from: number, to: number): string | undefined {
    const { fs } = this.#system;
    const place = this.#placeOf(path);
    if (place === undefined) return 'it is no path in the state directory';
    const facts = fs.lstatSync(place);
    const now = facts.mode & 0o7777;
    if (facts.isSymbolicLink()) return 'a link stands there now';
    if (now !== from || (to & ~from) !== 0) return 'its permissions are others by now';
    this.#directory();
    fs.chmodSync(place, to);
    const what = `its permissions were ${from.toString(8)} and are ${to.toString(8)}`;
    this.report.done.push({ path, what });
    return undefined;
  }

  async #moveAside(path: string): Promise<string | undefined> {
    const name = PLACE.exec(path)?.[1];
    const place = this.#placeOf(path);
    if (name === undefined || place === undefined) return 'it is no file of a sessions directory';
    const odd = await whyNotOwnAt(this.#system.fs, place);
    if (odd !== undefined) return odd;
    const kind = nameKind(name);
    const reason =
      kind === 'lock'
        ? await this.#whyLockStays(place)
        : kind === 'temporary' && name.startsWith('sessions.json.')
          ? await this.#whyTemporaryStays(place)
          : 'only locks and temporary files are moved';
    if (reason !== undefined) return reason;
    const to = join(this.#directory(), ...path.split('/'));
    makeWay(this.#system.fs, this.#directory(), dirname(to));
    await this.#system.fs.rename(place, to);
    this.report.done.push({ path, what: `moved into ${this.report.keptIn}` });
    return undefined;
  }

  async #whyLockStays(place: string): Promise<string | undefined> {
    const { fs, clock } = this.#system;
    const read = await readOwnFile(fs, place, { bytesMax: LOCK_BYTES_MAX });
    if (!('bytes' in read)) return 'missing' in read ? 'it is gone' : read.reason;
    const pid = pidIn(read.bytes);
    if (pid === undefined) return 'it names no process';
    if (this.#neighbours.processes.isAlive(pid)) return `process ${pid} lives`;
    const young = clock.now() - read.mtimeMs < LOCK_STALE_MS;
    return young ? 'it is less than half an hour old' : undefined;
  }

  async #whyTemporaryStays(place: string): Promise<string | undefined> {
    const { fs, clock } = this.#system;
    const { mtimeMs } = await fs.lstat(place);
    return clock.now() - mtimeMs < TEMPORARY_OLD_MS ? 'it is less than an hour old' : undefined;
  }

  /** A path that comes from a report: nothing in it may lead elsewhere. */
  #placeOf(path: string): string | undefined {
    if (path === '') return this.#root;
    const parts = path.split('/');
    const plain = parts.every((part) => /^[^/\\\0]+$/.test(part) && part !== '.' && part !== '..');
    return plain ? join(this.#root, ...parts) : undefined;
  }

  /** The directory of this run, made when something is done for the first time. */
  #directory(): string {
    if (this.report.keptIn === undefined) {
      const stamp = new Date(this.#system.clock.now()).toISOString().replaceAll(':', '-');
      const name = `holdfast-doctor-${stamp}`;
      this.#system.fs.mkdirSync(join(this.#root, name), 0o700);
      this.report.keptIn = name;
    }
    return join(this.#root, this.report.keptIn);
  }

  /** What was done, with the permissions before: all that is needed to take it back. */
  async writeNotes(): Promise<void> {
    if (this.report.keptIn === undefined) return;
    const { fs } = this.#system;
    const fd = await fs.open(join(this.#directory(), NOTES), OPEN.createNew, 0o600);
    try {
      await writeBytes(fs, fd, `${JSON.stringify({ done: this.report.done }, null, 2)}\n`);
      await fs.fsync(fd);
    } finally {
      await fs.close(fd);
    }
  }
}

/** Makes the directories between two places, from the upper one on. */
function makeWay(fs: FileSystem, from: string, to: string): void {
  if (to === from) return;
  makeWay(fs, from, dirname(to));
  try {
    fs.mkdirSync(to, 0o700);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'EEXIST') throw cause;
  }
}
