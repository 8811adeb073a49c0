/**
 * Which sessions an agent has, and at which revision. A listing tells it from what each process notes
 * of its changes, which is cheap while little happens and not when every session changes again and
 * again; then it is cheaper to ask each session, as long as the store remembers all of them.
 */
import { isHoldfastError } from '../../model/errors.ts';
import { breathe } from '../../system/timers.ts';
import { namesIn } from '../own-file.ts';
import type { MirrorContext } from './mirror-context.ts';

export interface SessionRow {
  key: string;
  rev: number;
  sessionId: string;
  createdAt: number;
  updatedAt: number;
}

export type SessionRows = ReadonlyMap<string, SessionRow>;

/** Half of what a store keeps in memory: more would be read from the disk at each look. */
const ASKED_MAX = 2_048;
/** Milliseconds of work between two rounds of the event loop. */
const SLICE_MS = 4;
/** The directory of a session. */
const FOLDER = /~[0-9a-f]{32}$/;

export class KnownSessions {
  readonly #context: MirrorContext;
  /** The directories of sessions at the last listing, and what it said. */
  #folders = '';
  #rows: SessionRows | undefined;

  constructor(context: MirrorContext) {
    this.#context = context;
  }

  async rows(): Promise<SessionRows> {
    const folders = await this.#listFolders();
    const known = this.#rows;
    // A directory that is no session yet may become one under the same name.
    const same = folders.join() === this.#folders && folders.length === known?.size;
    const asked = same && known.size <= ASKED_MAX ? await this.#ask(known) : undefined;
    this.#rows = asked ?? (await this.#list());
    this.#folders = folders.join();
    return this.#rows;
  }

  async #listFolders(): Promise<string[]> {
    const list = await namesIn(this.#context.system.fs, this.#context.paths.own);
    return 'names' in list ? list.names.filter((name) => FOLDER.test(name)) : [];
  }

  /** `undefined`: not all of them could be read as they are. */
  async #ask(known: SessionRows): Promise<SessionRows | undefined> {
    const { backend, system } = this.#context;
    const rows = new Map<string, SessionRow>();
    let until = system.clock.elapsed() + SLICE_MS;
    for (const key of known.keys()) {
      try {
        const state = await backend.read(key);
        if (state === undefined) return undefined;
        const { rev, sessionId, createdAt, updatedAt } = state;
        rows.set(key, { key, rev, sessionId, createdAt, updatedAt });
      } catch (error) {
        if (isHoldfastError(error) && error.code === 'ENTRY_DAMAGED') return undefined;
        throw error;
      }
      if (system.clock.elapsed() < until) continue;
      await breathe(system.timers);
      until = system.clock.elapsed() + SLICE_MS;
    }
    return rows;
  }

  async #list(): Promise<SessionRows> {
    const { backend, agentId } = this.#context;
    const rows = new Map<string, SessionRow>();
    for await (const row of backend.list({ agentId, order: 'key' })) rows.set(row.key, row);
    return rows;
  }
}
