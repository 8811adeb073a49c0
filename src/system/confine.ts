/**
 * Keeps every change inside one directory, whatever is done to the directories on the way meanwhile.
 *
 * A path is looked up by the kernel anew at each call, so a directory that was checked a moment ago
 * may be a link to somewhere else by now, and Node has no calls that start from an open directory.
 * Linux has a way round: `/proc/self/fd/<n>` leads to what is open as `n`, wherever it was moved, and
 * says where it lies. So a directory is opened first, it is asked where it lies, and the change is
 * made through it. What exists already is opened and asked before a byte of it is read or written.
 */
import { constants, readlinkSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { platform } from 'node:process';
import type { FileSystem } from './file-system.ts';

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
const PLACES = '/proc/self/fd';

/** Where what is open as `fd` lies now. */
function placeOf(fd: number): string {
  return readlinkSync(`${PLACES}/${fd}`);
}

function through(fd: number, path: string): string {
  return `${PLACES}/${fd}/${basename(path)}`;
}

function outside(path: string, place: string): Error {
  return Object.assign(new TypeError(`${path} leads to ${place}, out of the store`), {
    code: 'ELOOP',
  });
}

/** One directory, and the calls that never leave it. */
class Confinement {
  readonly #fs: FileSystem;
  readonly #root: string;

  constructor(fs: FileSystem, root: string) {
    this.#fs = fs;
    this.#root = root;
  }

  concerns(path: string): boolean {
    return path.startsWith(`${this.#root}${sep}`);
  }

  /** Refuses what is open when it lies elsewhere. What was unlinked since keeps its path and a word behind it. */
  checked(fd: number, path: string): number {
    try {
      const place = placeOf(fd);
      if (place !== this.#root && !this.concerns(place)) throw outside(path, place);
      return fd;
    } catch (cause) {
      this.#fs.closeSync(fd);
      throw cause;
    }
  }

  /** Makes a change through the directory of its path. */
  inside<T>(path: string, change: (pinned: string) => T): T {
    if (!this.concerns(path)) return change(path);
    const fd = this.#directoryOf(path);
    try {
      return change(through(fd, path));
    } catch (cause) {
      throw shownAs(path, cause);
    } finally {
      this.#fs.closeSync(fd);
    }
  }

  async insideLater<T>(path: string, change: (pinned: string) => Promise<T>): Promise<T> {
    if (!this.concerns(path)) return await change(path);
    const fd = this.#directoryOf(path);
    try {
      return await change(through(fd, path));
    } catch (cause) {
      throw shownAs(path, cause);
    } finally {
      this.#fs.closeSync(fd);
    }
  }

  #directoryOf(path: string): number {
    const fd = this.#fs.openSync(dirname(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
    return this.checked(fd, path);
  }
}

/**
 * The same file system for paths below `root`, a real path. Nothing is confined where the system
 * has no such way: then links are looked for before each use, and a swap in the same moment is not seen.
 */
export function confine(fs: FileSystem, root: string): FileSystem {
  if (!canTell(fs, root)) return fs;
  const within = new Confinement(fs, root);
  return {
    ...fs,
    openSync(path, flags, mode) {
      if (flags & O_CREAT) return within.inside(path, (pinned) => fs.openSync(pinned, flags, mode));
      const fd = fs.openSync(path, flags, mode);
      return within.concerns(path) ? within.checked(fd, path) : fd;
    },
    async open(path, flags, mode) {
      if (flags & O_CREAT)
        return within.insideLater(path, (pinned) => fs.open(pinned, flags, mode));
      const fd = await fs.open(path, flags, mode);
      return within.concerns(path) ? within.checked(fd, path) : fd;
    },
    mkdirSync: (path, mode) => within.inside(path, (pinned) => fs.mkdirSync(pinned, mode)),
    unlinkSync: (path) => within.inside(path, (pinned) => fs.unlinkSync(pinned)),
    rmdirSync: (path) => within.inside(path, (pinned) => fs.rmdirSync(pinned)),
    chmodSync(path, mode) {
      if (!within.concerns(path)) return fs.chmodSync(path, mode);
      const fd = within.checked(fs.openSync(path, O_RDONLY | O_NOFOLLOW, 0), path);
      try {
        fs.chmodSync(`${PLACES}/${fd}`, mode);
      } finally {
        fs.closeSync(fd);
      }
    },
    renameSync: (from, to) =>
      within.inside(from, (pinned) => within.inside(to, (target) => fs.renameSync(pinned, target))),
    rename: (from, to) =>
      within.insideLater(from, (pinned) =>
        within.insideLater(to, (target) => fs.rename(pinned, target)),
      ),
    unlink: (path) => within.insideLater(path, (pinned) => fs.unlink(pinned)),
    rmdir: (path) => within.insideLater(path, (pinned) => fs.rmdir(pinned)),
  };
}

function canTell(fs: FileSystem, root: string): boolean {
  if (platform !== 'linux') return false;
  const fd = fs.openSync(root, O_RDONLY | O_DIRECTORY, 0);
  try {
    return placeOf(fd) === root;
  } catch {
    // No /proc is mounted here.
    return false;
  } finally {
    fs.closeSync(fd);
  }
}

/** An error of the system that names the path as people know it. */
function shownAs(path: string, cause: unknown): unknown {
  const error = cause as NodeJS.ErrnoException;
  if (typeof error.path === 'string' && error.path.startsWith(PLACES)) {
    error.message = error.message.replaceAll(/\/proc\/self\/fd\/\d+/g, dirname(path));
    error.path = path;
  }
  return cause;
}
