/**
 * Real power cuts: the shutdown ioctl of ext4 and xfs drops everything that is not on the disk, like
 * a plug that is pulled. Acknowledgements are counted before the cut: one that comes during it may be
 * false, because a sync can return while the kernel gives the file system up.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { type BuiltChild, buildChild } from '../frame/build-child.ts';
import { keepFigure } from '../frame/figures.ts';
import { itWith } from '../frame/needs.ts';
import { ProofChild } from '../frame/proof-child.ts';
import { beginRun, type Chance } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';
import { type FileSystemKind, Mounts, makeImage, newWorkshop, run } from './mounted.ts';
import { type Verdict, verdictOf } from './verdict-of-cut.ts';
import type { WriterPlan } from './writer-plan.ts';
import { type Written, writtenOf } from './written.ts';

const CUTS = size(20, 1_000);
/** On a machine that is busy with something else the rest is left out; the figure says how many were made. */
const SECONDS_MAX = size(60, 900);
const SESSIONS = 3;
const LIFE_MS_MAX = 20_000;
const mounts = new Mounts();
let writer: BuiltChild;

beforeAll(async () => {
  writer = await buildChild(new URL('programs/writer.ts', import.meta.url));
});
afterAll(() => writer.remove());

interface Cutting {
  kind: FileSystemKind;
  device: string;
  at: string;
  chance: Chance;
}

/** Two writers at work, the plug pulled, and what is left. */
async function cutOnce({ kind, device, at, chance }: Cutting): Promise<Verdict> {
  await mounts.mount(device, at);
  const root = join(at, 'store');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  await run('sync', '-f', at);
  const writers = (['power', 'process'] as const).map((durability, n) => {
    const plan: WriterPlan = { root, writer: n, durability, sessions: SESSIONS };
    return new ProofChild(writer.path, plan, { lifeMsMax: LIFE_MS_MAX });
  });
  const said = () => writers.map((each) => each.said).join('');
  await Promise.all(writers.map((each) => each.says('U ')));
  await new Promise((resolve) => setTimeout(resolve, chance.below(200)));
  const written: Map<string, Written> = writtenOf(said());
  await run('xfs_io', '-x', '-c', 'shutdown', at);
  await Promise.all(writers.map((each) => each.ended));
  for (const { late, complaint } of writers) if (late) throw new Error(complaint);
  await mounts.unmountAndWait(at, kind, device);
  await mounts.mount(device, at);
  const verdict = await verdictOf(root, written, writtenOf(said()));
  await mounts.unmount(at);
  return verdict;
}

async function cutOften(kind: FileSystemKind): Promise<void> {
  const { seed, chance } = beginRun('power-loss', `power cuts on ${kind}`);
  const workshop = newWorkshop();
  const began = performance.now();
  const wrong: string[] = [];
  let [cuts, acknowledged, told, slowestMs] = [0, 0, 0, 0];
  try {
    const device = await mounts.attach(await makeImage(workshop, kind));
    const until = began + SECONDS_MAX * 1_000;
    for (; cuts < CUTS && wrong.length === 0 && performance.now() < until; cuts++) {
      const verdict = await cutOnce({ kind, device, at: join(workshop, 'mounted'), chance });
      wrong.push(...verdict.wrong.map((why) => `cut ${cuts}: ${why}`));
      acknowledged += verdict.acknowledged;
      told += verdict.told;
      slowestMs = Math.max(slowestMs, verdict.recoveryMs);
    }
    await mounts.detach(device);
  } finally {
    mounts.end(workshop);
  }
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `power-loss: ${kind}: ${acknowledged} acknowledged writes; slowest recovery ${slowestMs.toFixed(0)} ms`,
  );
  const found = { lost: wrong.length, 'first lines told as damage': told };
  keepFigure(`power-cuts-${kind}`, {
    what: `real power cuts on ${kind}`,
    count: cuts,
    found,
    seconds,
    seed,
  });
  expect(wrong).toEqual([]);
}

for (const kind of ['ext4', 'xfs'] as const) {
  itWith(['root', 'linux', 'mount', 'losetup', `mkfs.${kind}`, 'xfs_io'])(
    `C.14 R4.8 what was acknowledged with durability 'power' survives a cut on ${kind}`,
    () => cutOften(kind),
    minutes(2, 17),
  );
}
