import type { Lane, SessionSize, Store } from '../contract/store.ts';
import { isHoldfastError } from '../model/errors.ts';
import type { KeptRow } from './row-table.ts';
import type { SessionRow } from './wire.ts';

/** Sizes found out at the same time. */
const AT_ONCE = 8;

/** A row as the page gets it. */
export function sessionRow({ summary, turn, size }: KeptRow, lane: Lane | undefined): SessionRow {
  const { turn: _turn, ...rest } = summary;
  return {
    ...rest,
    ...(turn !== undefined && { turn }),
    waiting: lane?.waiting ?? 0,
    oldestWaitMs: lane?.oldestWaitMs ?? 0,
    ...(size !== undefined && { size }),
  };
}

/** Finds out the sizes of rows that are about to be shown and have none, a few at a time. */
export async function measureRows(store: Store, rows: readonly KeptRow[]): Promise<void> {
  const unknown = rows.filter(({ size }) => size === undefined);
  for (let at = 0; at < unknown.length; at += AT_ONCE) {
    await Promise.all(unknown.slice(at, at + AT_ONCE).map((row) => measure(store, row)));
  }
}

/** Bytes of a session; nothing when it has gone or can not be read. */
export async function sizeOf(store: Store, key: string): Promise<SessionSize | undefined> {
  try {
    return await store.session(key).size();
  } catch (error) {
    // A row without its size still says all the rest, the error is told when the session is opened.
    if (isHoldfastError(error)) return undefined;
    throw error;
  }
}

async function measure(store: Store, row: KeptRow): Promise<void> {
  const size = await sizeOf(store, row.summary.key);
  if (size !== undefined) row.size = size;
}
