/** Two copies of the package in one process: what a bundler or a plugin may bring about. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as one from 'holdfast';
import { afterAll, expect, test } from 'vitest';

const KEY = 'agent:main:main';
const root = fileURLToPath(new URL('../../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'holdfast-two-copies-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A second copy of the built package, in a place of its own. */
async function anotherCopy(): Promise<typeof one> {
  const copy = join(directory, 'copy');
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return import(/* @vite-ignore */ pathToFileURL(join(copy, 'dist', 'index.js')).href);
}

const two = await anotherCopy();

test('they are two copies', () => {
  expect(two.openStore).not.toBe(one.openStore);
  expect(two.HoldfastError).not.toBe(one.HoldfastError);
});

test('R10.6 R11.1 a store of the other copy with the same instance name fences the earlier one', async () => {
  const state = join(directory, 'state');
  const early = await one.openStore(state, { instance: 'gateway' });
  const session = early.session(KEY);
  let old: one.Turn | undefined;
  let end: () => void = () => undefined;
  const running = session.turn(
    (turn) =>
      new Promise<void>((resolve) => {
        old = turn;
        end = resolve;
      }),
  );
  while (!old) await new Promise((resolve) => setImmediate(resolve));

  const late = await two.openStore(state, { instance: 'gateway' });
  expect(old.signal.aborted).toBe(true);
  const refusal = await session.update({ by: 'early' }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'STORE_CLOSED' });
  expect(refusal).not.toBeInstanceOf(two.HoldfastError);
  expect(two.isHoldfastError(refusal)).toBe(true);
  await expect(old.update({ by: 'old' })).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  const next = late.session(KEY);
  expect(await next.turn(() => 'at once', { whenBusy: 'reject' })).toBe('at once');
  await next.update({ by: 'late' });
  end();
  await running;
  await early.close();
  expect((await next.read())?.entry).toEqual({ by: 'late' });
  await late.close();
});

test('R10.6 same process, other instance: the lock decides, not the process number', async () => {
  const state = join(directory, 'state');
  const [a, b] = [await one.openStore(state), await two.openStore(state)];
  let inside = 0;
  await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      (i % 2 ? a : b).session(KEY).turn(async (turn) => {
        inside += 1;
        expect(inside).toBe(1);
        await turn.append({ type: 'note', i });
        inside -= 1;
      }),
    ),
  );
  await a.close();
  await b.close();
});

test('R6.6 a nested turn is found through the other copy, too', async () => {
  const state = join(directory, 'state');
  const [a, b] = [await one.openStore(state), await two.openStore(state)];
  await a.session(KEY).turn(async () => {
    const nested = b.session(KEY).turn(() => expect.unreachable());
    await expect(nested).rejects.toMatchObject({ code: 'SESSION_BUSY' });
  });
  await a.close();
  await b.close();
});

test('a named store in memory is the same one for both copies', async () => {
  const [a, b] = [await one.openStore('memory:copies'), await two.openStore('memory:copies')];
  await a.session(KEY).update({ from: 'a' });
  expect((await b.session(KEY).read())?.entry).toEqual({ from: 'a' });
  await a.close();
  await b.close();
});
