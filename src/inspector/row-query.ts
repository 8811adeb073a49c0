import type { Lane } from '../contract/store.ts';
import type { KeptRow } from './row-table.ts';
import type { SessionRowState, SessionsQuery } from './wire.ts';

/** Turns that wait in this process, by key. */
export type LanesByKey = ReadonlyMap<string, Lane>;

/** What of a query decides which rows there are and in which order. */
export type RowQuery = Omit<SessionsQuery, 'offset' | 'limit'>;

type Sort = NonNullable<SessionsQuery['sort']>;
type Compare = (a: KeptRow, b: KeptRow) => number;

/** Lanes by their key. Waits of other processes are known to them alone. */
export function lanesByKey(lanes: readonly Lane[]): LanesByKey {
  return new Map(lanes.map((lane) => [lane.key, lane]));
}

/** Whether a row fits the query. */
export function rowFilter(
  query: RowQuery,
  lanes: LanesByKey,
  now: number,
): (row: KeptRow) => boolean {
  const { agent, channel, state, age } = query;
  const part = query.q?.toLowerCase();
  const after = age === undefined ? undefined : now - age;
  return ({ summary, text, turn }) =>
    (agent === undefined || summary.agentId === agent) &&
    (channel === undefined || summary.channel === channel) &&
    (after === undefined || summary.updatedAt >= after) &&
    (part === undefined || text.includes(part)) &&
    (state === undefined || isIn(state, turn?.status, lanes.get(summary.key)?.waiting ?? 0));
}

function isIn(
  state: SessionRowState,
  turn: 'running' | 'cut-off' | 'unknown' | undefined,
  waiting: number,
): boolean {
  if (state === 'waiting') return waiting > 0;
  if (state === 'idle') return turn === undefined && waiting === 0;
  return turn === state;
}

/** The order of a query; rows that are alike in it are in the order of their keys. */
export function rowOrder(query: RowQuery, lanes: LanesByKey): Compare {
  const compare = orders(lanes)[query.sort ?? 'updated'];
  const sign = query.reverse === true ? -1 : 1;
  return (a, b) => sign * compare(a, b) || byText(a.summary.key, b.summary.key);
}

function orders(lanes: LanesByKey): Record<Sort, Compare> {
  const lane = ({ summary }: KeptRow) => lanes.get(summary.key);
  return {
    updated: (a, b) => b.summary.updatedAt - a.summary.updatedAt,
    created: (a, b) => b.summary.createdAt - a.summary.createdAt,
    key: (a, b) => byText(a.summary.key, b.summary.key),
    agent: (a, b) => byText(a.summary.agentId, b.summary.agentId),
    channel: (a, b) => byText(a.summary.channel, b.summary.channel),
    rev: (a, b) => b.summary.rev - a.summary.rev,
    turn: (a, b) => (a.turn?.startedAt ?? NEVER) - (b.turn?.startedAt ?? NEVER),
    waiting: (a, b) =>
      (lane(b)?.waiting ?? 0) - (lane(a)?.waiting ?? 0) ||
      (lane(b)?.oldestWaitMs ?? 0) - (lane(a)?.oldestWaitMs ?? 0),
  };
}

/** Later than any turn began. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** By code units; what is not there comes last. */
function byText(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  return b === undefined || a < b ? -1 : 1;
}
