/**
 * Watching: commits tell of themselves while somebody is registered as a watcher. After a gap the
 * sessions that were touched meanwhile are told, and those that were removed.
 */
import { HoldfastError } from '../../model/errors.ts';
import type { Change } from '../../model/state.ts';
import type { Connections, Statement } from './connections.ts';
import type { LatestStates } from './latest-states.ts';
import type { Listener } from './listener.ts';
import { TOUCHED } from './session-row.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

const REGISTERED_S = 60;
const RENEW_MS = 15_000;
/** What was committed at the edge of the gap may carry a time of so long before it. */
const OVERLAP_MS = 15_000;

const NOTHING: ReadonlyMap<string, number> = new Map();

type Hear = (change: Change) => void;

export class Watching {
  readonly #connections: Connections;
  readonly #listener: Listener;
  readonly #tables: Tables;
  readonly #world: World;
  readonly #id: string;
  readonly #watchers = new Set<{ hear: Hear; fail: (error: unknown) => void }>();
  #beginning: Promise<void> | undefined;
  #begun = false;
  #heardUntil = '';
  readonly #latest: LatestStates;
  #stopRenewing: (() => void) | undefined;

  constructor(parts: {
    connections: Connections;
    listener: Listener;
    tables: Tables;
    world: World;
    latest: LatestStates;
  }) {
    this.#connections = parts.connections;
    this.#listener = parts.listener;
    this.#tables = parts.tables;
    this.#world = parts.world;
    this.#latest = parts.latest;
    this.#id = parts.world.newId();
  }

  /** Resolves when every watch that was asked for hears what is committed from then on. */
  async settled(): Promise<void> {
    // What went wrong is told to the watcher, not to those who write.
    await this.#beginning?.catch(() => undefined);
  }

  get beginning(): boolean {
    return this.#beginning !== undefined;
  }

  /** Hears from the call on. `fail` is told when that is not possible. */
  begin(hear: Hear, fail: (error: unknown) => void): () => void {
    const watcher = { hear, fail };
    this.#watchers.add(watcher);
    if (!this.#begun) {
      this.#beginning ??= this.#register().finally(() => {
        this.#beginning = undefined;
      });
      this.#beginning.catch(fail);
    }
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** A notification of a change. */
  onMessage(payload: string): void {
    const [kind, rev, key] = JSON.parse(payload) as [Change['kind'], number, string];
    this.#tell(Object.freeze({ key, kind, rev }));
  }

  /** Listening again: tells what was touched in the gap. */
  onBack(): void {
    if (!this.#begun) return;
    const since = this.#heardUntil;
    this.#renew()
      .then(() => this.#catchUp(since, OVERLAP_MS))
      .catch((error: unknown) => {
        for (const { fail } of this.#watchers) fail(error);
      });
  }

  async close(): Promise<void> {
    this.#stopRenewing?.();
    await this.settled();
    if (!this.#begun) return;
    this.#begun = false;
    const text = `delete from ${this.#tables.watchers} where id = $1`;
    try {
      await this.#connections.run({ what: 'stop watching', text, writes: false }, [this.#id]);
    } catch (error) {
      // The registration runs out by itself; until then commits tell nobody, and nothing is lost.
      if (!(error instanceof HoldfastError)) throw error;
    }
  }

  /** Commits that were made between the call and the registration told nobody: they are looked up. */
  async #register(): Promise<void> {
    const calledAt = this.#world.elapsed();
    const known = this.#latest.touches();
    const heard = await this.#listener.listen([this.#tables.changes]);
    if (!heard) {
      throw new HoldfastError(
        'STORE_UNSUPPORTED',
        'Notifications do not come through this connection, so nothing can be watched. Give a location that leads to the server itself and not to a transaction pooler.',
      );
    }
    await this.#renew();
    this.#begun = true;
    this.#renewLater();
    await this.#catchUp(this.#heardUntil, this.#world.elapsed() - calledAt, known);
  }

  async #renew(): Promise<void> {
    const [row] = await this.#connections.run(this.#registration(), [this.#id]);
    this.#heardUntil = row?.now ?? '';
  }

  #registration(): Statement {
    return {
      what: 'begin to watch',
      text: `with old as (delete from ${this.#tables.watchers} where expires_at < clock_timestamp() and id <> $1)
        insert into ${this.#tables.watchers} (id, expires_at)
        values ($1, clock_timestamp() + interval '${REGISTERED_S} s')
        on conflict (id) do update set expires_at = excluded.expires_at
        returning clock_timestamp()::text as now`,
      writes: false,
    };
  }

  #renewLater(): void {
    this.#stopRenewing = this.#world.after(RENEW_MS, () => {
      if (!this.#begun) return;
      const renewed = this.#listener.listening ? this.#renew() : Promise.resolve();
      // A renewal that failed is followed by another; a gap is caught up with when we hear again.
      renewed.catch(() => undefined).then(() => this.#renewLater());
    });
  }

  /** Tells what was touched since so long before a moment, but for what was known before. */
  async #catchUp(moment: string, overlapMs: number, known = NOTHING): Promise<void> {
    const since = `$1::timestamptz - $2::float8 * interval '1 ms'`;
    const text = `select s.key, s.rev, false as gone, ${TOUCHED} as touched from ${this.#tables.sessions} s
        where s.touched_at >= ${since}
      union all
      select r.key, 0, true, 0 from ${this.#tables.removed} r
        where r.removed_at >= ${since}
          and not exists (select from ${this.#tables.sessions} s where s.key = r.key)`;
    const statement = { what: 'look what changed meanwhile', text, writes: false };
    for (const row of await this.#connections.run(statement, [moment, overlapMs])) {
      if (Number(row.touched) <= (known.get(row.key as string) ?? -1)) continue;
      const kind = row.gone === 't' ? 'remove' : 'update';
      this.#tell(Object.freeze({ key: row.key as string, kind, rev: Number(row.rev) }));
    }
  }

  #tell(change: Change): void {
    for (const { hear } of this.#watchers) hear(change);
  }
}
