import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { OPEN } from '../../src/system/file-system.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { collect } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';
const HOUR_MS = 3_600_000;

test('R2.7 updatedAt stays where it is while the clock goes back, through every verb and a new opening', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { store } = await openStoreAt(root, { system });
  const session = store.session(KEY);
  const first = await session.update({ n: 0 });
  const times = [first.updatedAt];
  const steps = [
    () => session.update({ n: 1 }),
    () => session.update((entry) => ({ n: entry.n + 1 })),
    () => session.reset({ reason: 'new' }),
    () => session.restore(first.sessionId),
    () => session.turn((turn) => turn.update({ n: 3 })),
  ];
  for (const step of steps) {
    system.time.step(-HOUR_MS);
    times.push((await step()).updatedAt);
  }
  await store.close();
  const again = new FaultySystem();
  again.time.step(-24 * HOUR_MS);
  const { store: later } = await openStoreAt(root, { system: again });
  times.push((await later.session(KEY).update({ n: 4 })).updatedAt);
  times.push((await later.session(KEY).read())?.updatedAt ?? 0);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const [row] = await collect(later.list());
  expect(row?.updatedAt).toBe(times.at(-1));
});

test('R1.11 two replacements of one file in one millisecond have two names, made anew', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { store } = await openStoreAt(root, { system });
  const session = store.session(KEY);
  const { sessionId } = await session.update({ n: 0 });
  const other = (await session.reset()).sessionId;
  system.forget();
  // Each restore writes the archive of the conversation that ends: two files, again and again.
  for (let n = 0; n < 50; n++) await session.restore(n % 2 ? other : sessionId);
  const opened = system.calls.filter(
    ({ name, path }) => name === 'open' && path.includes('.archived.json.tmp-'),
  );
  expect(system.time.elapsed()).toBe(0);
  expect(opened).toHaveLength(50);
  expect(new Set(opened.map(({ path }) => basename(path))).size).toBe(50);
  for (const { args } of opened) expect(args[1]).toBe(OPEN.createNew);
});

test('R1.11 what is kept aside in one millisecond has two names as well', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { store } = await openStoreAt(root, { system });
  const log = join(directoryOf(root, KEY), 'meta.1.jsonl');
  const asides: string[] = [];
  for (let n = 0; n < 5; n++) {
    await store.session(KEY).update({ n });
    const { fs } = system;
    const fd = fs.openSync(log, OPEN.append, 0);
    fs.writeSync(fd, '{"rev":99');
    fs.closeSync(fd);
    system.time.advance(1_000);
    system.forget();
    await store.session(KEY).update({ n: -n - 1 });
    asides.push(...system.calls.map(({ path }) => path).filter((path) => path.includes('.torn.')));
  }
  expect(new Set(asides).size).toBe(5);
  expect(readFileSync(asides[0] as string, 'utf8')).toBe('{"rev":99');
});
