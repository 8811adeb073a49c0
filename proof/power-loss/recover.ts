/** What a fresh process finds on a disk after a crash, and whether it can go on from there. */
import { openFiles } from '../../src/backends/files/open-files.ts';
import type { Backend } from '../../src/contract/backend.ts';
import type { Warning } from '../../src/contract/store.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import type { MemoryDisk } from '../memory-disk/memory-disk.ts';
import { MemorySystem } from '../memory-disk/memory-system.ts';
import { breachOf, type Expectation } from './expectation.ts';
import { ROOT } from './open-recorded.ts';
import { BYSTANDER, KEY, SEEN, turnAsk } from './operations.ts';
import { type View, viewOf, wordsOf } from './view.ts';

/** How a crash went down. */
export type Outcome =
  | { kind: 'kept' }
  /** The very first line of a session that nobody was promised is lost, and that is told as damage. */
  | { kind: 'told' }
  | { kind: 'broken'; why: string };

export interface Crashed {
  disk: MemoryDisk;
  expected: Expectation;
  /** The machine was started again. */
  rebooted: boolean;
  /** At each level more is looked at, since most of a recovery's time is spent in looking. */
  care: Care;
  /** Whether there was a session beside it. */
  bystander: boolean;
}

/**
 * `session`: the session is read whole, updated and appended to. `store`: it is also listed and
 * read again, and the one beside it is read. `all`: also a verification, a turn, a reset, and a second
 * process.
 */
export type Care = 'session' | 'store' | 'all';

/** More calls than a recovery can need: whoever makes them turns in circles. */
const CALLS_MAX = 5_000;
const NOTICES = new Set(['LEFTOVER', 'ORPHAN', 'TRANSCRIPT_DAMAGED']);
const TOLD = new Set(['TORN_TAIL', 'TRANSCRIPT_DAMAGED', 'MARK_DAMAGED']);

class Broken extends Error {}

function require(condition: boolean, why: () => string): void {
  if (!condition) throw new Broken(why());
}

/** Opens the store, reads all of it, and goes on. */
export async function recover(crashed: Crashed): Promise<Outcome> {
  try {
    return await look(crashed);
  } catch (error) {
    if (error instanceof Broken) return { kind: 'broken', why: error.message };
    if (isHoldfastError(error)) return { kind: 'broken', why: `${error.code}: ${error.message}` };
    return { kind: 'broken', why: (error as Error).stack ?? String(error) };
  }
}

async function look(crashed: Crashed): Promise<Outcome> {
  const { disk, expected } = crashed;
  const { backend, warnings, system } = await open(disk, crashed.rebooted, 8);
  const view = await viewOr(backend);
  if (view === 'damaged') {
    require(expected.mayBeNew, () => 'a session that was there before is damaged');
    await backend.close();
    return { kind: 'told' };
  }
  const breach = breachOf(view, expected);
  require(breach === undefined, () => breach as string);
  if (crashed.care !== 'session') await lookAround(backend, crashed, view);
  await goOn(backend, view, crashed);
  requireQuiet(warnings);
  await backend.close();
  require(system.files.descriptors === 0, () => 'descriptors stay open');
  return { kind: 'kept' };
}

async function open(disk: MemoryDisk, rebooted: boolean, process: number) {
  const system = new MemorySystem(disk, { boot: rebooted ? 'second' : 'first', process });
  system.files.callsLeft = CALLS_MAX;
  const warnings: Warning[] = [];
  const options = {
    durability: 'process',
    instance: `after-${process}`,
    lockWaitMs: 1_000,
    openFilesMax: 128,
    onWarning: (warning: Warning) => void warnings.push(warning),
  } as const;
  return { backend: await openFiles(ROOT, options, system), warnings, system };
}

async function viewOr(backend: Backend): Promise<View | 'damaged'> {
  try {
    return await viewOf(backend, KEY);
  } catch (error) {
    const damaged = isHoldfastError(error) && error.code === 'ENTRY_DAMAGED';
    if (damaged && error.lastGood === undefined) return 'damaged';
    throw error;
  }
}

/** The listing, the session beside it, and what a verification says. */
async function lookAround(backend: Backend, crashed: Crashed, view: View): Promise<void> {
  const rows = new Map<string, number>();
  for await (const { key, rev } of backend.list({ order: 'key' })) rows.set(key, rev);
  require(rows.get(KEY) === view.told?.rev, () =>
    `it is listed with revision ${rows.get(KEY)} and read as ${wordsOf(view.told)}`);
  if (crashed.bystander) {
    const beside = await viewOf(backend, BYSTANDER);
    const texts = [...beside.records.values()].flat().join();
    const whole = beside.told?.rev === 1 && beside.told.entry.stands === 'by' && texts === 'by';
    require(whole && rows.get(BYSTANDER) === 1, () => `another one shows ${wordsOf(beside.told)}`);
  }
  if (crashed.care !== 'all') return;
  const { problems } = await backend.verify();
  const odd = problems.filter(({ code, key, path }) => !NOTICES.has(code) && isMeant(key, path));
  require(odd.length === 0, () => `verify reports ${JSON.stringify(odd)}`);
}

/** The next calls work, and what they did is there. */
async function goOn(backend: Backend, view: View, { care, disk }: Crashed): Promise<void> {
  const { told } = view;
  const updated = await backend.update(KEY, { after: 1 }, {});
  require(updated.rev === (told?.rev ?? 0) + 1, () => `the next revision is ${updated.rev}`);
  const after = await backend.append(KEY, { type: 'note', text: 'after' }, {}, {});
  require(after.text === 'after', () => 'the next record is another one');
  if (care === 'session') return;
  const next = await viewOf(backend, KEY);
  const expected = {
    rev: updated.rev,
    sessionId: told?.sessionId ?? updated.sessionId,
    entry: { ...told?.entry, after: 1 },
    archives: told?.archives ?? [],
  };
  require(wordsOf(next.told) === wordsOf(expected), () =>
    `after an update it shows ${wordsOf(next.told)} instead of ${wordsOf(expected)}`);
  const said = next.records.get(updated.sessionId) ?? [];
  const before = view.records.get(updated.sessionId) ?? [];
  require([...before, 'after'].join() === said.join(), () => 'an append has lost a record');
  if (care !== 'all') return;
  const { fence } = await backend.beginTurn(KEY, turnAsk);
  await backend.endTurn(KEY, fence);
  await backend.reset(KEY, { reason: 'after', keep: 'all' }, {});
  const last = await viewOf(backend, KEY);
  const { backend: second } = await open(disk, true, 9);
  const again = await viewOf(second, KEY);
  require(wordsOf(again.told) === wordsOf(last.told), () => 'a second process sees something else');
  require(last.told?.archives.length === expected.archives.length + 1, () => 'a reset is lost');
  await second.close();
}

/** Whether it is about the store, the session, or the one beside it; not where a value was seen before. */
function isMeant(key: string | undefined, where = ''): boolean {
  return key === undefined ? !where.includes('seen~') : key !== SEEN;
}

/** Cut tails and skipped ranges are told; nothing else may be. */
function requireQuiet(warnings: readonly Warning[]): void {
  const odd = warnings.filter(({ code, key, message }) => !TOLD.has(code) && isMeant(key, message));
  require(odd.length === 0, () => `it warns: ${JSON.stringify(odd)}`);
}
