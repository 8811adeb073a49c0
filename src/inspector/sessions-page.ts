import type { Store } from '../contract/store.ts';
import type { LiveIndex } from './live-index.ts';
import { lanesByKey } from './row-query.ts';
import { measureRows, sessionRow } from './session-row.ts';
import type { SortedKeys } from './sorted-keys.ts';
import type { SessionsPage, SessionsQuery } from './wire.ts';

/** Milliseconds to wait for the first rows of a store that is listed for the first time. */
const FIRST_ROWS_MS = 700;
const NAMES_MAX = 100;
const LIMIT = 50;

/** The rows of a page of the table. While the store is listed, of what is there so far. */
export async function sessionsPage(
  store: Store,
  index: LiveIndex,
  sorted: SortedKeys,
  { offset = 0, limit = LIMIT, ...query }: SessionsQuery,
): Promise<SessionsPage> {
  await index.ready(offset + limit, FIRST_ROWS_MS);
  index.check();
  const { table, complete } = index;
  const keys = await sorted.of(query, offset > 0);
  const shown = keys.slice(offset, offset + limit);
  const rows = shown.flatMap((key) => table.rows.get(key) ?? []);
  await measureRows(store, rows);
  const lanes = lanesByKey(store.lanes());
  return {
    total: keys.length,
    all: table.rows.size,
    complete,
    offset,
    rows: rows.map((row) => sessionRow(row, lanes.get(row.summary.key))),
    agents: table.agents.largest(NAMES_MAX),
    channels: table.channels.largest(NAMES_MAX),
  };
}
