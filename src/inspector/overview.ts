import type { Store } from '../contract/store.ts';
import type { LiveIndex } from './live-index.ts';
import type { Overview, StorageView } from './wire.ts';

/** What is known of the whole store at a moment; counts only, nothing is read for it. */
export function overviewOf(
  store: Store,
  index: LiveIndex,
  storage: StorageView | undefined,
  now: number,
): Overview {
  const { table, rate, complete } = index;
  const turns = { running: 0, cutOff: 0 };
  for (const key of table.turns) {
    const status = table.rows.get(key)?.turn?.status;
    if (status === 'running') turns.running += 1;
    else if (status === 'cut-off') turns.cutOff += 1;
  }
  const waiting = { turns: 0, sessions: 0, oldestMs: 0 };
  for (const lane of store.lanes()) {
    if (lane.waiting === 0) continue;
    waiting.turns += lane.waiting;
    waiting.sessions += 1;
    waiting.oldestMs = Math.max(waiting.oldestMs, lane.oldestWaitMs);
  }
  return {
    at: now,
    sessions: table.rows.size,
    complete,
    turns,
    waiting,
    updatesPerSecond: rate.perSecond(),
    activity: store.activity(),
    ...(storage && { bytes: { ...storage.figures.bytes, at: storage.at } }),
  };
}
