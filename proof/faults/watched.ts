import type { Backend } from '../../src/contract/backend.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import type { Call } from '../../test/faults/faulty-system.ts';
import { lively } from '../../test/faults/operations.ts';
import { MemoryDisk } from '../memory-disk/memory-disk.ts';
import type { LockTable } from '../memory-disk/memory-locks.ts';
import { faultyMemory, openOver, quiet } from './opened.ts';
import { faultsAt, type Planned, planText } from './planned-faults.ts';
import { KEY, ROOT } from './scene.ts';

/** Rounds of the event loop after which a change that was not told is not told at all. */
const ROUNDS_MAX = 2_000;

/** The calls that a watcher makes until it has told one change. */
export async function watchCalls(): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const failure = await watchWith([], calls);
  if (failure) throw new Error(failure);
  return calls;
}

/** Watches with planned faults while another store changes the session; what did not hold. */
export async function watchWith(
  plan: readonly Planned[],
  calls: Call[] = [],
): Promise<string | undefined> {
  const disk = new MemoryDisk();
  const locks: LockTable = new Map();
  const other = await openOver(faultyMemory(disk, { locks, process: 2 }), ROOT);
  await lively(other.backend, KEY);
  const watcher = await openOver(faultyMemory(disk, { locks, process: 3 }), ROOT);
  await quiet(watcher);
  const { system, backend } = watcher;
  system.forget();
  system.intervene = faultsAt(plan);
  const made = system.calls;
  try {
    const told = await firstChange(backend, other.backend);
    calls.push(...made);
    system.mend();
    if (told === 'nothing') return `${planText(plan, made)}: the change was not told`;
    if (told !== 'told' && told !== 'IO_FAILED') return `${planText(plan, made)}: ${told}`;
    // A watch that was ended by an error is begun anew.
    const again = await firstChange(backend, other.backend);
    if (again !== 'told') return `${planText(plan, made)}: begun anew it ended with ${again}`;
    await backend.close();
    await other.backend.close();
    const open = [...system.open.values()];
    return open.length > 0 ? `${planText(plan, made)}: ${open} stay open` : undefined;
  } catch (cause) {
    return `${planText(plan, made)}: ${(cause as Error).message}`;
  }
}

/** Whether the next change of the session is told: `told`, `nothing`, or the code of an error. */
async function firstChange(backend: Backend, other: Backend): Promise<string> {
  const stop = new AbortController();
  const ended = (async () => {
    try {
      for await (const { key } of backend.watch(stop.signal)) if (key === KEY) return 'told';
      return 'nothing';
    } catch (cause) {
      if (isHoldfastError(cause)) return cause.code;
      throw cause;
    }
  })();
  await other.update(KEY, (entry) => ({ watched: (entry.watched ?? 0) + 1 }), {});
  const late = (async () => {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort();
    return 'nothing';
  })();
  const first = await Promise.race([ended, late]);
  stop.abort();
  await ended;
  return first;
}
