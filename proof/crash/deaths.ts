/** A process that dies at a point of a scenario, and what must be there after it. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { type View, viewOf } from '../../test/faults/view-of-session.ts';
import { collect } from '../../test/files/collect.ts';
import { quickPlace } from '../frame/quick-place.ts';
import { DyingSystem, type Point } from './dying-system.ts';
import { KEY, openBackend, type Scenario } from './scenarios.ts';

const ALL_CALLS = { moment: 'before', n: Number.POSITIVE_INFINITY } as const;

/** How many steps were acknowledged, and whether it died at all. */
export interface Outcome {
  acknowledged: number;
  died: boolean;
  /** At which call. */
  where: string;
}

export function newRoot(): string {
  return realpathSync(mkdtempSync(join(quickPlace(), 'holdfast-every-call-')));
}

/** What is seen of the session after each of its steps, when nobody dies. */
export async function plainViews(scenario: Scenario): Promise<View[]> {
  const root = newRoot();
  try {
    await scenario.setUp?.(root);
    const observer = await openBackend(root);
    const backend = await openBackend(root);
    await scenario.prepare?.(backend, root);
    const views = [await viewOf(observer, KEY)];
    for (const step of scenario.steps) {
      await step(backend);
      views.push(await viewOf(observer, KEY));
    }
    await backend.close();
    await observer.close();
    return views.map((view) => (view.turn ? { ...view, turn: 'cut-off' } : view));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Plays a death in this process. */
export async function playDeath(root: string, scenario: Scenario, point: Point): Promise<Outcome> {
  const system = new DyingSystem(point);
  const backend = await openBackend(root, system);
  await scenario.prepare?.(backend, root);
  system.arm();
  let acknowledged = 0;
  const steps = async () => {
    for (const step of scenario.steps) {
      await step(backend);
      if (system.isDead) return;
      acknowledged += 1;
    }
  };
  const ran = steps().catch((cause) => {
    if (!system.isDead) throw cause;
  });
  await Promise.race([ran, system.died]);
  const died = system.isDead;
  // What it leaves behind when it lives is closed as it would be by its end.
  if (!died) system.isDead = true;
  await system.bury();
  return { acknowledged, died, where: system.last };
}

/** Requires that a session is at or after what was acknowledged, whole, and can be gone on with. */
export async function requireWhole(
  observer: Backend,
  root: string,
  views: readonly View[],
  { acknowledged, where }: Outcome,
): Promise<void> {
  const store = await openBackend(root);
  const found = await viewOf(store, KEY);
  const possible = views.slice(acknowledged, acknowledged + 2);
  // A session that an append or a turn creates is there before its first record or turn.
  const created: View = { rev: 1, entry: {}, records: [], archives: [] };
  if (acknowledged === 0 && views[0]?.rev === undefined) possible.push(created);
  expect(possible, where).toContainEqual(found);
  // Whoever had looked before sees the same, in every way.
  expect(await viewOf(observer, KEY), where).toEqual(found);
  const rows = (await collect(observer.list({ order: 'key' }))).filter(({ key }) => key === KEY);
  const revs = rows.map(({ rev }) => rev);
  expect(revs, where).toEqual(found.rev === undefined ? [] : [found.rev]);
  expect(await collect(store.list({ order: 'key' })), where).toHaveLength(
    (await collect(observer.list({ order: 'key' }))).length,
  );
  await goOn(store, observer, where);
  await store.close();
}

/** Nothing is held, nothing has to be mended by hand, and the next ones go on with it. */
async function goOn(store: Backend, observer: Backend, where: string): Promise<void> {
  const before = (await store.read(KEY))?.rev ?? 0;
  expect((await store.update(KEY, { after: 1 }, {})).rev, where).toBe(before + 1);
  expect((await observer.update(KEY, { after: 2 }, {})).rev, where).toBe(before + 2);
  const record = await observer.append(KEY, { type: 'note', text: 'after' }, {}, {});
  const range = { last: 1, onDamage: 'throw' } as const;
  expect(await collect(store.transcript(KEY, range)), where).toEqual([record]);
  const former = (await store.read(KEY))?.sessionId;
  await store.reset(KEY, { reason: 'after', keep: 'all' }, {});
  expect((await store.archives(KEY))[0]?.sessionId, where).toBe(former);
  const { problems } = await store.verify();
  expect(
    problems.filter(({ severity }) => severity === 'damage'),
    where,
  ).toEqual([]);
}

/** How many calls a scenario makes, and how many of them are writes. */
export async function lengthOf(scenario: Scenario): Promise<{ calls: number; writes: number }> {
  const root = newRoot();
  try {
    await scenario.setUp?.(root);
    const system = new DyingSystem(ALL_CALLS);
    const backend = await openBackend(root, system);
    await scenario.prepare?.(backend, root);
    system.arm();
    for (const step of scenario.steps) await step(backend);
    const { calls, writes } = system;
    await backend.close();
    return { calls, writes };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
