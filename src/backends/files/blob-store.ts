/**
 * Large static values, stored once by the SHA-256 of their JSON.
 *
 *     unknown --seen in one session--> seen: stays inline, it may change at every turn
 *     seen    --the same value in another session--> being written --synced--> stored
 *     stored  --set in any session--> referenced from its log, and shared in memory
 *
 * A blob is whole and synced, with every name on the way to it, before any log refers to it, with
 * every durability: a reference that outlives its value would take the entry with it.
 */
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import { LIMITS } from '../../model/limits.ts';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { System } from '../../system/system.ts';
import { freezeDeep, LineRefused } from './freeze-deep.ts';
import { ioError, isMissing } from './io-error.ts';
import { readFileNow } from './read-bytes.ts';
import { writeWhole } from './write-whole.ts';

/** Hashes remembered as seen once; older ones are forgotten first and cost one more inline copy. */
const SEEN_MAX = 4_096;

interface Sized {
  hash: string;
  text: string;
}

export class BlobStore {
  readonly #system: System;
  readonly #directory: string;
  readonly #prepare: () => void;
  readonly #values = new Map<string, WeakRef<object>>();
  readonly #seen = new Map<string, string>();
  readonly #writing = new Map<string, Promise<void>>();
  readonly #hashes = new WeakMap<object, string>();
  /** Hashes whose names are known to be on the disk. */
  readonly #kept = new Set<string>();

  /** `prepare` makes the directory when it is missing. */
  constructor(system: System, directory: string, prepare: () => void) {
    this.#system = system;
    this.#directory = directory;
    this.#prepare = prepare;
  }

  /**
   * What to do with a value that `key` sets: `inline`; a hash to refer to; or a promise after
   * which to ask again, because the value is just being stored.
   */
  place(key: string, value: unknown): 'inline' | { hash: string } | Promise<void> {
    if (typeof value !== 'object' || value === null) return 'inline';
    const known = this.#hashes.get(value);
    const sized = known === undefined ? this.#size(value) : { hash: known, text: '' };
    if (sized === undefined) return 'inline';
    const { hash } = sized;
    if (this.#values.get(hash)?.deref()) return { hash };
    if (this.#exists(hash)) {
      if (this.#kept.has(hash)) return { hash };
      // Whoever stored it may have died before its name was on the disk.
      return this.#once(hash, () => this.#keep(hash, this.#directory));
    }
    const first = this.#seen.get(hash);
    if (first === undefined || first === key) {
      if (this.#seen.size >= SEEN_MAX) this.#seen.delete(this.#seen.keys().next().value as string);
      this.#seen.set(hash, key);
      return 'inline';
    }
    return this.#store(hash, sized.text || JSON.stringify(value));
  }

  /** The one shared, frozen value of a hash. */
  read(hash: string): Json {
    const shared = this.#values.get(hash)?.deref();
    if (shared) return shared as Json;
    const { fs } = this.#system;
    const path = join(this.#directory, `${hash}.json`);
    let text: string;
    try {
      text = readFileNow(fs, path, LIMITS.entryBytesMax).toString('utf8');
    } catch (cause) {
      throw isMissing(cause)
        ? damaged(path, 'it is missing', cause)
        : ioError(cause, `read ${path}`);
    }
    if (sha256(text) !== hash) throw damaged(path, 'its bytes do not have the hash of its name');
    return this.#share(hash, decoded(path, text));
  }

  #share(hash: string, value: object): Json {
    this.#values.set(hash, new WeakRef(value));
    this.#hashes.set(value, hash);
    return value as Json;
  }

  #size(value: object): Sized | undefined {
    const text = JSON.stringify(value);
    if (text.length < LIMITS.blobBytesMin) return undefined;
    const hash = sha256(text);
    this.#hashes.set(value, hash);
    return { hash, text };
  }

  #exists(hash: string): boolean {
    try {
      return this.#system.fs.lstatSync(join(this.#directory, `${hash}.json`)).isFile();
    } catch (cause) {
      if (isMissing(cause)) return false;
      throw ioError(cause, 'look for a blob');
    }
  }

  #store(hash: string, text: string): Promise<void> {
    return this.#once(hash, async () => {
      this.#prepare();
      await writeWhole(this.#system, join(this.#directory, `${hash}.json`), text, true);
      await this.#keep(hash);
    });
  }

  #once(hash: string, work: () => Promise<void>): Promise<void> {
    let writing = this.#writing.get(hash);
    if (!writing) {
      writing = work().finally(() => this.#writing.delete(hash));
      this.#writing.set(hash, writing);
    }
    return writing;
  }

  /** A blob's names are on the disk once `directories` are synced, and, the first time, the one above. */
  async #keep(hash: string, ...directories: string[]): Promise<void> {
    const first = this.#kept.size === 0 ? [dirname(this.#directory)] : [];
    try {
      for (const path of [...directories, ...first]) await syncDirectory(this.#system, path);
    } catch (cause) {
      throw ioError(cause, 'sync the directory of the blobs');
    }
    if (this.#kept.size >= SEEN_MAX) this.#kept.delete(this.#kept.keys().next().value as string);
    this.#kept.add(hash);
  }
}

/** A hash tells that nothing was changed since, not that a store has written it. */
function decoded(path: string, text: string): object {
  try {
    return freezeDeep(JSON.parse(text) as object);
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof LineRefused)) throw cause;
    throw damaged(path, cause.message, cause);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function damaged(path: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('ENTRY_DAMAGED', `The stored value ${path} can not be used: ${why}.`, {
    cause,
  });
}
