/**
 * The way back: a state directory that is OpenClaw's again. The steps, and what dying in one of them
 * leaves, are those of `release-state.ts`.
 */
import { join } from 'node:path';
import type { Backend } from '../../contract/backend.ts';
import type { Warning } from '../../contract/store.ts';
import type { Neighbours } from '../../system/neighbours.ts';
import type { System } from '../../system/system.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { stampOf } from './archive-name.ts';
import { clearPrepared, installPrepared, PREPARED, renameInPlace } from './install-prepared.ts';
import { moveAside } from './move-aside.ts';
import { makeDirectories, move, syncTree } from './names-on-disk.ts';
import { closePlan, planRelease, type ReleasePlan, refuseBusy } from './plan-release.ts';
import { refuse, refuseInUse } from './refuse-release.ts';
import { failed } from './release-failure.ts';
import { whileLocked } from './release-lock.ts';
import {
  type LeftOut,
  type ReleaseProgress,
  type ReleaseReport,
  sumsOf,
} from './release-report.ts';
import {
  asideOf,
  type ReleaseState,
  readReleaseState,
  STATE_NAME,
  writeReleaseState,
} from './release-state.ts';
import { Told } from './told.ts';
import { countAgent, writeAgent } from './write-agent.ts';

/** What a release works on. */
export interface ReleaseWorld {
  system: System;
  neighbours: Neighbours;
  /** A real path. */
  root: string;
  openBackend(onWarning: (warning: Warning) => void): Promise<Backend>;
}

export interface ReleaseAsk {
  dialect: Dialect;
  /** Only says what would be done. */
  dryRun: boolean;
  onProgress(progress: ReleaseProgress): void;
}

export async function releaseInto(world: ReleaseWorld, ask: ReleaseAsk): Promise<ReleaseReport> {
  const { root } = world;
  const system = confined(world);
  const run = async () => {
    const begun = await readReleaseState(system, root);
    await refuse(world, ask, begun);
    if (begun?.phase === 'moving')
      return ask.dryRun ? planned(begun) : await finish(system, root, begun);
    const told = new Told();
    const backend = await world.openBackend(told.take);
    let next: ReleaseState;
    try {
      const plan = await planRelease(system, root, backend, ask.onProgress);
      try {
        refuseBusy(plan);
        if (ask.dryRun) return report(root, ask, plan, told);
        next = await write(system, root, backend, { ask, plan, told, begun });
      } finally {
        await closePlan(plan);
      }
    } finally {
      await backend.close();
    }
    await refuseInUse(system, root);
    await writeReleaseState(system, root, next);
    return await finish(system, root, next);
  };
  try {
    return ask.dryRun ? await run() : await whileLocked(system, root, run);
  } catch (cause) {
    throw failed(`release ${root}`, cause);
  }
}

/** The same world, with every change kept inside the directory. */
function confined({ system, root }: ReleaseWorld): System {
  const fs = system.confine?.(system.fs, root) ?? system.fs;
  return { ...system, fs };
}

interface Writing {
  ask: ReleaseAsk;
  plan: ReleasePlan;
  told: Told;
  begun: ReleaseState | undefined;
}

/** Writes everything into a tree of its own, and returns the state in which only renames are left. */
async function write(
  system: System,
  root: string,
  backend: Backend,
  { ask, plan, told, begun }: Writing,
): Promise<ReleaseState> {
  const { dialect, onProgress } = ask;
  const stamp = begun?.stamp ?? stampOf(system.clock.now());
  const openclaw = dialect.name;
  const state: ReleaseState = { v: 1, openclaw, stamp, phase: 'writing', renames: [] };
  await writeReleaseState(system, root, state);
  const aside = asideOf(state);
  await clearPrepared(system, root, aside);
  const out = await makeDirectories(system, root, `${aside}/${PREPARED}`);
  const target = { system, out, root, listName: 'sessions.json', dialect };
  let done = plan.count;
  const onSession = () => onProgress({ sessions: ++done, of: plan.count * 2 });
  for (const agent of plan.agents) await writeAgent(backend, agent, target, onSession);
  await syncTree(system, out);
  const whole = { ...report(root, ask, plan, told), done: true, aside };
  return { ...state, phase: 'moving', renames: plan.renames, report: whole };
}

/** Only renames: called again after it was interrupted, it makes those that are left. */
async function finish(system: System, root: string, state: ReleaseState): Promise<ReleaseReport> {
  const aside = asideOf(state);
  const whole = state.report as ReleaseReport;
  const notices: LeftOut[] = [...whole.notices];
  for (const { path, to } of await installPrepared(system, root, aside)) {
    notices.push({ path, reason: `another file was in its place, and is in ${to} now` });
  }
  for (const { agentId, from, to } of state.renames) {
    const directory = join(root, 'agents', agentId, 'sessions');
    if (await renameInPlace(system, directory, from, to)) continue;
    const path = `agents/${agentId}/sessions/${from}`;
    notices.push({ path, reason: `it keeps its name: ${to} is there already` });
  }
  await moveAside(system, root, aside);
  await move(system, join(root, STATE_NAME), join(root, aside, STATE_NAME));
  return { ...whole, notices };
}

function planned(state: ReleaseState): ReleaseReport {
  const { aside: _aside, ...rest } = state.report as ReleaseReport;
  return { ...rest, done: false };
}

function report(
  root: string,
  { dialect }: ReleaseAsk,
  plan: ReleasePlan,
  told: Told,
): ReleaseReport {
  const stores = plan.agents.map(countAgent);
  return {
    openclaw: dialect.name,
    directory: root,
    done: false,
    ...sumsOf(stores),
    leftOut: [...plan.leftOut, ...told.leftOut],
    notices: [...plan.notices, ...told.notices],
    stores,
  };
}
