/**
 * Large values that several sessions hold are stored once, by the SHA-256 of their JSON.
 *
 *     unknown --seen in one session--> seen: stays in the entry, it may change at every turn
 *     seen    --the same value in another session--> stored, and referred to by its hash
 *
 * A value is stored by the statement that first refers to it. In memory all sessions share it.
 */
import { createHash } from 'node:crypto';
import { HoldfastError } from '../../model/errors.ts';
import { freezeJson } from '../../model/freeze-json.ts';
import type { Json } from '../../model/json.ts';
import { LIMITS } from '../../model/limits.ts';
import { setField } from '../../model/plain-object.ts';
import type { Connections, Statement } from './connections.ts';
import type { Tables } from './tables.ts';

const SEEN_MAX = 4_096;
/** What a listing looks into must stay where the server can look, too. */
const SHOWN_FIELDS = new Set(['channel', 'lastChannel', 'label', 'displayName']);

export interface Placed {
  /** Fields that stay in the entry. */
  inline: Record<string, Json>;
  /** Fields that are referred to: name to hash. */
  hashes: Record<string, string>;
  /** The JSON of each of these hashes. */
  texts: Map<string, string>;
}

export class StaticValues {
  readonly #connections: Connections;
  readonly #read: Statement;
  readonly #values = new Map<string, WeakRef<object>>();
  readonly #hashes = new WeakMap<object, string>();
  readonly #seen = new Map<string, string>();

  constructor(connections: Connections, tables: Tables) {
    this.#connections = connections;
    this.#read = {
      what: 'read large values',
      text: `select hash, value::text as value from ${tables.statics} where hash = any($1::text[])`,
      writes: false,
    };
  }

  /** Whether a value is of the size and kind that may be stored once. */
  isLarge(field: string, value: unknown): boolean {
    if (typeof value !== 'object' || value === null || SHOWN_FIELDS.has(field)) return false;
    return this.#hashes.has(value) || JSON.stringify(value).length >= LIMITS.blobBytesMin;
  }

  /** Where the fields that a session sets go to. */
  place(key: string, set: Readonly<Record<string, Json>>): Placed {
    const placed: Placed = { inline: {}, hashes: {}, texts: new Map() };
    for (const [field, value] of Object.entries(set)) {
      const text = this.isLarge(field, value) ? JSON.stringify(value) : undefined;
      const hash = text === undefined ? undefined : sha256(text);
      if (text === undefined || hash === undefined || !this.#isShared(hash, key, value as object)) {
        setField(placed.inline, field, value);
      } else {
        setField(placed.hashes, field, hash);
        placed.texts.set(hash, text);
      }
    }
    return placed;
  }

  /** The one shared, frozen value of each hash. */
  async read(hashes: readonly string[], key: string): Promise<Map<string, Json>> {
    const found = new Map<string, Json>();
    const missing: string[] = [];
    for (const hash of hashes) {
      const value = this.#values.get(hash)?.deref();
      if (value) found.set(hash, value as Json);
      else missing.push(hash);
    }
    if (missing.length === 0) return found;
    for (const row of await this.#connections.run(this.#read, [missing], key)) {
      found.set(
        row.hash as string,
        this.#share(row.hash as string, JSON.parse(row.value as string)),
      );
    }
    const lost = missing.find((hash) => !found.has(hash));
    if (lost === undefined) return found;
    throw new HoldfastError(
      'ENTRY_DAMAGED',
      `Session ${JSON.stringify(key)} refers to a stored value that is gone: ${lost}. Put it back into the table statics from a backup.`,
      { key },
    );
  }

  #isShared(hash: string, key: string, value: object): boolean {
    this.#hashes.set(value, hash);
    if (this.#values.get(hash)?.deref()) return true;
    const first = this.#seen.get(hash);
    if (first !== undefined && first !== key) {
      this.#share(hash, value);
      return true;
    }
    if (this.#seen.size >= SEEN_MAX) this.#seen.delete(this.#seen.keys().next().value as string);
    this.#seen.set(hash, key);
    return false;
  }

  #share(hash: string, value: object): Json {
    const frozen = freezeJson(value as unknown as Json) as unknown as object;
    this.#values.set(hash, new WeakRef(frozen));
    this.#hashes.set(frozen, hash);
    return frozen as unknown as Json;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
