/**
 * The turns that this process holds, kept alive by a heartbeat: one statement for all of them.
 *
 *   held ──beat──▶ held, its lease begins anew
 *   held ──the server says it is another's, or over──▶ lost: its holder is told
 *   held ──no beat came through for a whole lease──▶ lost, too: others may have it by now. This is
 *          told on time, whatever becomes of a beat that is still under way
 *   held ──end──▶ gone
 *
 * The server's clock alone decides whether a lease has run out. Ours, which never steps, only makes
 * us stop sooner: a lease is counted from the moment at which its last good beat was sent.
 */
import type { TurnAsk } from '../../contract/backend.ts';
import type { Connections, Statement } from './connections.ts';
import { unescapeText } from './escape-json.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

const BEAT_MS_MAX = 2_000;
const BEATS_A_LEASE = 4;

interface HeldTurn {
  readonly key: string;
  readonly fence: number;
  readonly ask: TurnAsk;
  /** When the last beat was sent that the server took. */
  beatAt: number;
  interrupted: boolean;
}

export class HeldTurns {
  readonly #connections: Connections;
  readonly #world: World;
  readonly #leaseMs: number;
  readonly #beat: Statement;
  readonly #held = new Map<number, HeldTurn>();
  #stop: (() => void) | undefined;
  #beating: Promise<void> | undefined;
  #closed = false;

  constructor(parts: { connections: Connections; tables: Tables; world: World; leaseMs: number }) {
    const { connections, tables, world, leaseMs } = parts;
    this.#connections = connections;
    this.#world = world;
    this.#leaseMs = leaseMs;
    this.#beat = {
      what: 'keep turns alive',
      // A lease whose row somebody else is just changing is left out: the next beat tells.
      text: `with asked as (
          select * from unnest($1::text[], $2::bigint[]) as a(key, fence)
        ), mine as (
          select t.key from ${tables.turns} t join asked a on a.key = t.key and a.fence = t.fence
          where t.expires_at > clock_timestamp() and not t.overtaken for update of t skip locked
        ), beat as (
          update ${tables.turns} t set expires_at = clock_timestamp() + $3::integer * interval '1 ms'
          from mine where t.key = mine.key returning t.key, t.fence
        )
        select a.fence, b.key is not null as beaten, t.interrupted_reason as why,
          coalesce(s.turn = a.fence and t.fence = a.fence and not t.overtaken
            and (b.key is not null or t.expires_at > clock_timestamp()), false) as mine
        from asked a left join beat b on b.key = a.key and b.fence = a.fence
          left join ${tables.sessions} s on s.key = a.key left join ${tables.turns} t on t.key = a.key`,
      writes: false,
      // Of a connection that died without a word another one must be tried before the lease is over.
      answerMs: leaseMs / BEATS_A_LEASE,
    };
  }

  get fences(): { key: string; fence: number }[] {
    return [...this.#held.values()].map(({ key, fence }) => ({ key, fence }));
  }

  /** A turn that was granted, by a statement that was sent at this moment. */
  add(key: string, fence: number, ask: TurnAsk, sentAt: number): void {
    this.#held.set(fence, { key, fence, ask, beatAt: sentAt, interrupted: false });
    this.#beatLater();
  }

  /** Whoever held the session under an older fence holds it no more. */
  lostBefore(key: string, fence: number, reason: string): void {
    for (const other of [...this.#held.values()]) {
      if (other.key === key && other.fence < fence) this.lost(other.fence, reason);
    }
  }

  /** It ended in order. */
  remove(fence: number): void {
    this.#held.delete(fence);
  }

  interrupted(fence: number, reason: string): void {
    const turn = this.#held.get(fence);
    if (!turn || turn.interrupted) return;
    turn.interrupted = true;
    turn.ask.onInterrupt(reason);
  }

  lost(fence: number, reason: string): void {
    const turn = this.#held.get(fence);
    if (!turn) return;
    this.#held.delete(fence);
    turn.ask.onLost(reason);
  }

  close(): void {
    this.#closed = true;
    this.#stop?.();
  }

  /** Comes back for the next beat, or when a lease is over, if that is sooner. */
  #beatLater(): void {
    if (this.#stop || this.#closed || this.#held.size === 0) return;
    const oldest = Math.min(...[...this.#held.values()].map(({ beatAt }) => beatAt));
    const left = oldest + this.#leaseMs - this.#world.elapsed();
    const pause = Math.min(BEAT_MS_MAX, this.#leaseMs / BEATS_A_LEASE, Math.max(0, left));
    this.#stop = this.#world.after(pause, () => {
      this.#stop = undefined;
      this.#loseExpired();
      // A beat that failed is followed by another one, until the lease has run out.
      this.#beating ??= this.#beatNow()
        .catch(() => undefined)
        .finally(() => {
          this.#beating = undefined;
        });
      this.#beatLater();
    });
  }

  async #beatNow(): Promise<void> {
    const held = [...this.#held.values()];
    if (held.length === 0) return;
    const sentAt = this.#world.elapsed();
    const rows = await this.#connections.run(this.#beat, [
      held.map(({ key }) => key),
      held.map(({ fence }) => fence),
      this.#leaseMs,
    ]);
    for (const row of rows) {
      const fence = Number(row.fence);
      const turn = this.#held.get(fence);
      if (!turn) continue;
      if (row.beaten === 't') turn.beatAt = sentAt;
      if (row.mine !== 't') this.lost(fence, 'it was overtaken, or its lease ran out');
      else if (row.why != null) this.interrupted(fence, unescapeText(row.why));
    }
  }

  #loseExpired(): void {
    const now = this.#world.elapsed();
    for (const { fence, beatAt } of [...this.#held.values()]) {
      if (now - beatAt >= this.#leaseMs) {
        this.lost(fence, `the server could not be reached for ${this.#leaseMs} ms`);
      }
    }
  }
}
