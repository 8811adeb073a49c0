/** Large files of each kind cost less than a second of processor time a MiB and four times their size. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { size } from '../frame/size.ts';

const PROGRAM = fileURLToPath(new URL('large-input.js', import.meta.url));
/** What a process needs for itself, whatever it reads: compiled code, and garbage not yet collected. */
const KIB_OF_ITS_OWN = 65_536;
const MEBIBYTES = size(32, 256);

describe('large inputs', () => {
  it.each([
    ['a transcript of records', MEBIBYTES],
    ['a transcript of one line', MEBIBYTES],
    ['a metadata log of one line', 32],
    ['a metadata log of zeros', 32],
    ['a sessions.json', size(32, 128)],
    ['journals', 4],
  ])('%s is met in bounded time and memory', (kind, mebibytes) => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-large-')));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const args = [PROGRAM, kind, root, String(mebibytes)];
    const text = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 110_000 });
    const { kib, ms, outcome } = JSON.parse(text) as { kib: number; ms: number; outcome: string };
    expect(outcome).not.toBe('');
    expect(ms / mebibytes, 'processor time a MiB').toBeLessThan(1_000);
    expect(kib, 'KiB').toBeLessThan(4 * 1_024 * mebibytes + KIB_OF_ITS_OWN);
    const what = `MiB, ${kind}`;
    const found = { 'KiB more resident': kib, 'ms a MiB': Math.round(ms / mebibytes) };
    keepFigure('large-inputs', { what, count: mebibytes, found, seconds: ms / 1_000 });
  });
});
