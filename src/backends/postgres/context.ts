import type { Warning } from '../../contract/store.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { SessionState } from '../../model/state.ts';
import type { Connections, Statement } from './connections.ts';
import type { LatestStates } from './latest-states.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import type { Row } from './session-row.ts';
import { stateOf } from './session-row.ts';
import type { StaticValues } from './static-values.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

export interface PostgresSettings {
  /** Milliseconds that a commit waits for its session. */
  lockWaitMs: number;
  /** Milliseconds after which a turn is over whose process said nothing any more. */
  leaseMs: number;
  onWarning: (warning: Warning) => void;
}

/** What the verbs of an opened store have in common. */
export interface PostgresContext {
  readonly connections: Connections;
  readonly tables: Tables;
  readonly statics: StaticValues;
  readonly latest: LatestStates;
  readonly writes: OneAtATime;
  readonly world: World;
  readonly settings: PostgresSettings;
  /** Resolves when a watch that was asked for is told of everything that is sent from now on. */
  watchesBegun(): Promise<void>;
  /** The turn of this fence was lost, as a statement of ours just learned. */
  turnLost(key: string, fence: number, reason: string): void;
  /** Records of a session that was removed are to be deleted. */
  clearAway(): void;
}

/** Runs a statement that changes a session and gives its row; `undefined` when it changed nothing. */
export async function changed(
  context: PostgresContext,
  statement: Statement,
  values: readonly unknown[],
  key: string,
): Promise<Row | undefined> {
  await context.watchesBegun();
  const [row] = await context.connections.run(statement, values, key);
  return row;
}

/** The state of a row, remembered as the latest that this process knows. */
export async function remembered(context: PostgresContext, row: Row): Promise<SessionState> {
  const state = await stateOf(row, context.statics);
  context.latest.set(state, Number(row.touched));
  return state;
}

/**
 * Tries until something comes of it. Between two tries another process was quicker each time, so
 * that somebody always gets on; the pause grows, so that many do not stand in each other's way.
 */
export async function untilDone<T>(
  context: PostgresContext,
  key: string,
  signal: AbortSignal | undefined,
  attempt: (tries: number) => Promise<T | undefined>,
): Promise<T> {
  const { world, settings } = context;
  const since = world.elapsed();
  for (let tries = 1; ; tries += 1) {
    const result = await attempt(tries);
    if (result !== undefined) return result;
    const waited = world.elapsed() - since;
    if (waited > settings.lockWaitMs) {
      throw new HoldfastError(
        'SESSION_BUSY',
        `Session ${JSON.stringify(key)} was changed by others each time for ${Math.round(waited)} ms, in ${tries} tries. Try again later.`,
        { key },
      );
    }
    signal?.throwIfAborted();
    if (tries > 2) {
      const ms = Math.min(100, 2 ** Math.min(tries, 8) / 2) * (0.5 + world.chance());
      await new Promise<void>((resolve) => world.awaitedAfter(ms, resolve));
    }
  }
}
