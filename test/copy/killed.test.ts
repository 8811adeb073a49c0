/**
 * A copy that is killed at any moment and run again until it is done has copied everything, and
 * nothing twice: on the way from files to PostgreSQL and on the way back.
 */
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../../src/index.ts';
import { documentOf, start } from '../cli/command-line.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { freshSchema } from '../postgres/fresh-schema.ts';
import { seeded } from '../processes/seeded.ts';
import { contentAt } from './content-of.ts';
import { fillStore } from './filled-store.ts';

const KILLS = 6;
/**
 * Who goes on waits for the lease of the turn that the killed one held: short, and yet so long that
 * no busy machine lets a process stand still for as long.
 */
const LEASE_MS = 3_000;
/** That wait, and a copy on a slow machine; only where kills fall depends on it. */
const SPREAD_MS = LEASE_MS + 2_500;

const { url, drop } = freshSchema();
afterAll(drop);

/** Copies with kills on the way; the last run is let be. Resolves to its report. */
async function copyKilled(
  from: string,
  to: string,
  chance: ReturnType<typeof seeded>,
): Promise<{ ok: boolean; same: number; finishedBefore: number }> {
  let finishedBefore = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const running = start(['copy', '--json', from, to]);
    const timer = setTimeout(() => running.child.kill('SIGKILL'), 200 + chance.below(SPREAD_MS));
    const { code } = await running.ended;
    clearTimeout(timer);
    if (code !== null) finishedBefore += 1;
  }
  const last = await start(['copy', '--json', from, to]).ended;
  expect(last.stderr).toBe('');
  expect(last.code).toBe(0);
  return { ...(documentOf(last) as { ok: boolean; same: number }), finishedBefore };
}

test('0 lost and 0 doubled, however often it is killed', async () => {
  const chance = seeded('moments of death');
  const from = temporaryDirectory();
  const store = await openStore(from);
  await fillStore(store, 120, 'a store to copy');
  await store.close();
  const wanted = await contentAt(from);
  const database = `${url}&leaseMs=${LEASE_MS}`;
  const back = temporaryDirectory();
  const there = await copyKilled(from, database, chance);
  expect(there).toMatchObject({ ok: true, same: 120 });
  expect(await contentAt(database)).toEqual(wanted);
  const again = await copyKilled(database, back, chance);
  expect(again).toMatchObject({ ok: true, same: 120 });
  expect(await contentAt(back)).toEqual(wanted);
  // A test in which no kill ever hit a copy would say nothing.
  expect(there.finishedBefore + again.finishedBefore).toBeLessThan(2 * KILLS);
}, 300_000);
