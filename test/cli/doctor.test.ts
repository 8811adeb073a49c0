import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentOf, errorOf, inProcess } from './command-line.ts';
import { temporaryDirectory } from './sample-store.ts';

const root = temporaryDirectory();

/** A directory in memory keeps no durability over a power loss; all else of it is sound. */
const CODES = [0, 1];

it('prints what a mount really gives, and leaves nothing behind', async () => {
  const directory = join(root(), 'mount');
  mkdirSync(directory);
  const { code, stdout, stderr } = await inProcess(['doctor', '--mount', 'mount'], { cwd: root() });
  expect(CODES).toContain(code);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^.*mount \(\w+\), .* free\n/);
  expect(stdout).toContain('yes  a lock keeps another process out');
  expect(stdout).toMatch(/A store can be here[^\n]*\n$/);
  expect(readdirSync(directory)).toEqual([]);
});

it('prints one document for a script', async () => {
  const ran = await inProcess(['doctor', '--mount', root(), '--json']);
  expect(CODES).toContain(ran.code);
  const report = documentOf(ran) as { checks: { id: string; outcome: string }[] };
  expect(report).toMatchObject({ store: true, power: ran.code === 0 });
  expect(report.checks).toContainEqual(
    expect.objectContaining({ id: 'locks-exclude', outcome: 'yes' }),
  );
});

it('ends with 2 without a directory, and with 7 where nothing can be tried', async () => {
  const without = await inProcess(['doctor', '--json']);
  expect([without.code, errorOf(without).code]).toEqual([2, 'USAGE']);
  const missing = await inProcess(['doctor', '--mount', join(root(), 'missing'), '--json']);
  expect([missing.code, errorOf(missing).code]).toEqual([7, 'IO_FAILED']);
});
