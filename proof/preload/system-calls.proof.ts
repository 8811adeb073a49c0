import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type BuiltChild, buildChild } from '../frame/build-child.ts';
import { keepFigure } from '../frame/figures.ts';
import { itWith, lacking } from '../frame/needs.ts';
import { ProofChild } from '../frame/proof-child.ts';
import { beginRun } from '../frame/run-facts.ts';
import { isLong, minutes } from '../frame/size.ts';
import { type BuiltShim, buildShim } from './build-shim.ts';
import { VERBS } from './verbs.ts';

const NEEDS = ['linux', 'gcc'] as const;
/** What the short form tries of each call; the long form tries all that fits. */
const FEW = ['EIO', 'ENOSPC', 'short1'];
/** What the short form tries with `durability: 'power'`, too. */
const POWER = ['update', 'append'];
const began = performance.now();
let shim: BuiltShim;
let sweep: BuiltChild;
let directory: string;
let count = 0;
let broken = 0;

beforeAll(async () => {
  beginRun('preload', 'every call to the kernel fails');
  if (lacking(NEEDS) !== undefined) return;
  shim = buildShim();
  sweep = await buildChild(new URL('programs/sweep.ts', import.meta.url));
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-kernel-')));
});

interface Found {
  verb: string;
  kinds: string;
  count: number;
  failures: string[];
}

/** Sweeps some verbs in a process of its own. */
async function sweepOf(verbs: string[]): Promise<Found[]> {
  const root = mkdtempSync(join(directory, 'root-'));
  const power = isLong ? verbs : verbs.filter((verb) => POWER.includes(verb));
  const plan = { root, verbs, power, ...(isLong ? {} : { errnos: FEW }) };
  const child = new ProofChild(sweep.path, plan, {
    lifeMsMax: minutes(4, 20),
    environment: shim.environment(root),
  });
  const { code } = await child.ended;
  expect(code, child.complaint).toBe(0);
  const lines = child.said.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Found);
}

describe.each(VERBS.map(({ name }) => name))('%s', (name) => {
  itWith(NEEDS)(
    'C.15 whichever call to the kernel fails, however: the former state or the new one, and it goes on',
    async () => {
      for (const found of await sweepOf([name])) {
        count += found.count;
        broken += found.failures.length;
        expect(found.failures.slice(0, 5), `${found.failures.length}`).toEqual([]);
        expect(found.count).toBeGreaterThan(10);
      }
    },
    minutes(4, 20),
  );
});

afterAll(() => {
  shim?.remove();
  sweep?.remove();
  if (directory) rmSync(directory, { recursive: true, force: true });
  const seconds = (performance.now() - began) / 1_000;
  keepFigure('preload', { what: 'faults of system calls', count, found: { broken }, seconds });
});
