/** What every lane is put through, and what must come of it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { until } from '../../src/contract/conformance/trial.ts';
import type { MountReport } from '../../src/mount/index.ts';
import { openStore } from '../../src/open-store.ts';
import { collect } from '../../test/files/collect.ts';
import { type Machine, type Running, resultsOf, start } from './machine.ts';

export interface Report {
  platform: string;
  version: string;
  cases: number;
  failures: { title: string; failure: string }[];
}

/** A directory for a store, and one for results, which may lie on another file system. */
export interface Places {
  readonly store: string;
  readonly results: string;
}

/** Every verb, once. */
export async function everyVerb(machine: Machine, { store, results }: Places): Promise<number> {
  const path = join(results, 'every-verb.json');
  const report = await resultsOf<Report>(machine, 'every-verb', join(store, 'verbs'), path);
  expect(report.failures, machine.name).toEqual([]);
  return report.cases;
}

/** Each nth case of the conformance suite. */
export async function suite(machine: Machine, { store, results }: Places, nth: number) {
  const path = join(results, 'suite.json');
  const words = [String(nth)];
  const limitMs = 900_000;
  const report = await resultsOf<Report>(
    machine,
    'suite',
    join(store, 'suite'),
    path,
    words,
    limitMs,
  );
  expect(report.failures, machine.name).toEqual([]);
  return report.cases;
}

/** What `holdfast doctor --mount` says there; printed, because it is the reason for what follows. */
export async function mountReport(
  machine: Machine,
  { store, results }: Places,
): Promise<MountReport> {
  const path = join(results, 'mount.json');
  const report = await resultsOf<MountReport>(machine, 'mount-report', store, path);
  const seen = report.checks.map(({ id, outcome }) => `${id} ${outcome}`).join(', ');
  console.log(`lanes, ${machine.name}: ${report.type}: ${seen}`);
  return report;
}

export interface Contest {
  acknowledged: number;
  lost: number;
  doubled: number;
  killed: number;
  reads: number;
}

/**
 * Two processes work on one session, a third one reads, and one of the two is killed in the middle
 * and started again: whatever was acknowledged to anybody is there, exactly once.
 */
export async function contest(
  machine: Machine,
  { store, results }: Places,
  rounds: number,
): Promise<Contest> {
  const files = join(results, 'contest');
  const directory = join(store, 'contest');
  const words = (name: string) => [machine.path(directory), machine.path(files), name, '7'];
  const survivor = start(machine, 'contender', words('survivor'));
  await until(
    'the first one works',
    () => said(files, 'survivor').length > 2 || over(survivor),
    PATIENCE_MS,
  );
  const reader = start(machine, 'reader', words('reader').slice(0, 2));
  const others: Running[] = [];
  const names: string[] = [];
  await until(
    'the reader has begun',
    () => existsSync(`${files}.reader-begun`) || over(reader),
    PATIENCE_MS,
  );
  for (let round = 0; round < rounds; round++) {
    const name = `victim-${round}`;
    names.push(name);
    const victim = start(machine, 'contender', words(name));
    others.push(victim);
    await until(
      `${name} has worked`,
      () => said(files, name).length > 20 || over(victim),
      PATIENCE_MS,
    );
    await victim.kill();
    // A lock that its process has left is free for the next one at once.
    const before = said(files, 'survivor').length;
    await until(
      'the other one goes on',
      () => said(files, 'survivor').length > before + 4 || over(survivor),
      PATIENCE_MS,
    );
  }
  writeFileSync(`${files}.stop`, '');
  const ended = await Promise.all([survivor.ended, reader.ended]);
  for (const name of ['survivor', ...names]) {
    const error = `${files}.${name}.error`;
    if (existsSync(error))
      throw new Error(`${machine.name}, ${name}: ${readFileSync(error, 'utf8')}`);
  }
  expect(ended, survivor.complaint() + reader.complaint()).toEqual([0, 0]);
  return { ...(await judge(directory, files, ['survivor', ...names])), killed: rounds };
}

/** Wine starts slowly on a busy machine. */
const PATIENCE_MS = 120_000;

const over = ({ process }: Running) => process.exitCode !== null || process.signalCode !== null;

function said(files: string, name: string): string[] {
  const path = `${files}.${name}`;
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

/** Looked at from outside of the lane, by the store of this process. */
async function judge(directory: string, files: string, names: readonly string[]) {
  const lines = names.flatMap((name) => said(files, name));
  const updates = lines.filter((line) => line === 'u').length;
  const records = lines.filter((line) => line.startsWith('a ')).map((line) => line.slice(2));
  const store = await openStore(directory);
  const session = store.session('agent:main:shared');
  const count = (await session.read())?.entry.count as number;
  const ids = (await collect(session.transcript())).map(({ id }) => id);
  const { problems } = await store.verify();
  await store.close();
  expect(problems.filter(({ severity }) => severity === 'damage')).toEqual([]);
  // Each victim may have made one more of which it could not tell.
  expect(count).toBeLessThanOrEqual(updates + names.length - 1);
  const kept = new Set(ids);
  const seen = JSON.parse(readFileSync(`${files}.read`, 'utf8'));
  expect(seen).toMatchObject({ missing: 0, back: 0, odd: 0, errors: [] });
  expect(overlaps(files)).toBe(0);
  return {
    acknowledged: updates + records.length,
    lost: Math.max(0, updates - count) + records.filter((id) => !kept.has(id)).length,
    doubled: ids.length - kept.size,
    reads: seen.reads as number,
  };
}

/** How often somebody went in while another one was inside; who was killed inside never came out. */
function overlaps(files: string): number {
  let inside: string | undefined;
  let count = 0;
  const stays = new Map<string, number>();
  for (const line of said(files, 'witness')) {
    const [way, name = ''] = line.split(' ');
    if (way === 'in') {
      if (inside !== undefined) stays.set(inside, (stays.get(inside) ?? 0) + 1);
      inside = name;
    } else {
      if (inside !== name) count += 1;
      inside = undefined;
    }
  }
  // Killed once, it stayed inside once at most.
  for (const [name, times] of stays) {
    count += name === 'survivor' ? times : times - 1;
  }
  return count;
}
