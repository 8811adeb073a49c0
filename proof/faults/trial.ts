/**
 * One run of one operation with planned faults, and everything that must hold after it: a typed
 * error or success; the former state or the new one, for whoever looks; the same operation works
 * once the fault is gone, and others after it; no descriptor stays open; and after the next opening
 * nothing lies there that would not lie there without the fault.
 */
import type { Backend } from '../../src/contract/backend.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import type { Call } from '../../test/faults/faulty-system.ts';
import type { LockTable } from '../memory-disk/memory-locks.ts';
import { goOn, judge, lookLater } from './aftermath.ts';
import { codesFor } from './fitting-errnos.ts';
import { type Durability, faultyMemory, type Opened, openOver, quiet } from './opened.ts';
import type { Operation, Place, Start } from './operations.ts';
import { faultsAt, type Planned, planText } from './planned-faults.ts';
import { type Ended, KEY, preparedDisk, ROOT, type Scene } from './scene.ts';
import { mustBeSame, seenOf } from './views.ts';

/** What became of one run. */
export interface Trial {
  calls: readonly Call[];
  /** How the operation ended: nothing when it resolved, else its code. */
  outcome: string | undefined;
  /** What did not hold. */
  failure?: string;
}

/** Builds what an operation finds, and runs it once without a fault. */
export async function sceneOf(
  operation: Operation,
  start: Start,
  durability: Durability,
): Promise<Scene> {
  const disk = await preparedDisk(operation, start);
  const unknown = {
    before: {},
    after: {},
    answer: undefined,
    calls: [],
    names: [],
    left: [],
    found: [],
  };
  const scene: Scene = { operation, start, durability, disk, ...unknown };
  const learned: Partial<Scene> = {};
  const { calls, failure } = await run(scene, [], learned);
  if (failure) throw new Error(failure);
  // Whoever opens for the first time has seen nothing before; an opening changes nothing either.
  return { ...scene, before: learned.after ?? {}, ...learned, calls };
}

/** One run with the planned faults. */
export function tryWith(scene: Scene, plan: readonly Planned[]): Promise<Trial> {
  return run(scene, plan, undefined);
}

/** `learned`: this run has no fault, and what is seen in it is written down. */
async function run(
  scene: Scene,
  plan: readonly Planned[],
  learned: Partial<Scene> | undefined,
): Promise<Trial> {
  const trial: Trial = { calls: [], outcome: undefined };
  try {
    await play(scene, plan, trial, learned);
  } catch (cause) {
    const { operation, start, durability } = scene;
    const where = `${operation.name}, ${start}, ${durability}, ${planText(plan, trial.calls)}`;
    trial.failure = `${where}: ended with ${trial.outcome}: ${(cause as Error).message}`;
    if (process.env.PROOF_STACK) trial.failure += `\n${(cause as Error).stack}`;
  }
  return trial;
}

async function play(
  scene: Scene,
  plan: readonly Planned[],
  trial: Trial,
  learned: Partial<Scene> | undefined,
): Promise<void> {
  const { operation, durability } = scene;
  const disk = scene.disk.copy();
  const locks: LockTable = new Map();
  const witnessed = () => openOver(faultyMemory(disk, { locks, process: 2 }), ROOT);
  let witness = operation.alone ? undefined : await witnessed();
  const system = faultyMemory(disk, { locks, process: 3 });
  let tried = await openOver(system, ROOT, durability);
  await operation.hold?.(tried.backend, KEY);
  if (scene.start === 'in use') await use(tried.backend);
  await quiet(tried);
  if (witness) {
    const before = await seenOf(witness.backend, KEY);
    if (learned) learned.before = before;
  }
  const place: Place = {
    root: ROOT,
    key: KEY,
    backend: tried.backend,
    former: operation.name === 'restore' ? await formerOf(tried.backend) : '',
    open: async (path) => {
      const { backend, warnings } = await openOver(system, path, durability);
      tried.warnings.push(...warnings);
      return backend;
    },
  };
  const warned = tried.warnings.length;
  const { outcome, result, hits } = await runFaulted(operation, place, plan, tried, trial);
  if (operation.closes) tried = await openOver(system, ROOT, durability);
  witness ??= await witnessed();
  await judge(scene, { tried, witness, outcome, result, hits, learned, warned });
  await goOn(scene, { ...place, backend: tried.backend }, witness, { outcome, result });
  await quiet(tried);
  await tried.backend.close();
  mustBeSame('descriptors that stay open', [...system.open.values()], []);
  await quiet(witness);
  await witness.backend.close();
  if (learned || hits.length > 0) await lookLater(scene, disk, hits, learned);
}

async function formerOf(backend: Backend): Promise<string> {
  return (await backend.archives(KEY))[0]?.sessionId ?? 'none';
}

/** The store has everything open that the session needs. */
async function use(backend: Backend): Promise<void> {
  if (!(await backend.read(KEY))) {
    await backend.update('agent:main:warm', { n: 1 }, {});
    return;
  }
  await backend.append(KEY, { type: 'note', text: 'warm' }, {}, {});
  await backend.update(KEY, { warm: 1 }, {});
}

/** The operation with its faults, until all that goes on behind it has ended. */
async function runFaulted(
  operation: Operation,
  place: Place,
  plan: readonly Planned[],
  tried: Opened,
  trial: Trial,
): Promise<Ended & { hits: Call[] }> {
  const { system } = tried;
  const codes = new Set<string>();
  const faults = faultsAt(plan);
  const hits: Call[] = [];
  system.forget();
  trial.calls = system.calls;
  system.intervene = (call) => {
    const fault = faults(call);
    if (!fault) return undefined;
    hits.push(call);
    for (const code of fault.errno ? codesFor(fault.errno, call) : ['IO_FAILED']) codes.add(code);
    return fault;
  };
  const { outcome, result } = await endOf(() => operation.run(place));
  // What failed could not be taken back either.
  if (hits.length > 1) codes.add('OUTCOME_UNKNOWN');
  trial.outcome = outcome;
  await quiet(tried);
  system.mend();
  system.forget();
  if (outcome !== undefined && !codes.has(outcome)) {
    throw new Error(`it may end with ${[...codes].join(' or ')}`);
  }
  return { outcome, result, hits };
}

async function endOf(run: () => Promise<unknown>): Promise<Ended> {
  try {
    return { outcome: undefined, result: await run() };
  } catch (cause) {
    if (!isHoldfastError(cause)) throw cause;
    return { outcome: cause.code, result: undefined };
  }
}
