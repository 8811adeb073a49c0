/** Lines of 600 MB where lines of a store belong: bounded memory and time, and nobody else suffers. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../test/files/temporary-directory.ts';
import { keepFigure } from '../frame/figures.ts';
import { runProgram } from '../frame/needs.ts';
import { size } from '../frame/size.ts';

const PROGRAM = fileURLToPath(new URL('programs/long-lines.js', import.meta.url));

interface Report {
  seen: Record<string, unknown>;
  codes: Record<string, number>;
  seconds: number;
  grownMb: number;
  heldMsMax: number;
}

const served = { read: 1, append: 'note', transcript: 'before after', last: 1, list: 2, other: 2 };
const damaged = 'ENTRY_DAMAGED';
const refused = { read: damaged, append: damaged, transcript: damaged, list: 2, other: 2 };

/** What happens, and how many megabytes it may take. */
const ROWS: [string, string, object, number][] = [
  ['C.10', 'transcript', { ...served, verify: false }, 200],
  ['R8.3', 'log', { ...refused, verify: false }, 200],
  ['R7.4', 'journal', served, 200],
  ['R7.4', 'list', served, 200],
  ['C.10', 'unfinished transcript', { ...served, verify: true }, 200],
  ['C.10', 'unfinished log', { ...refused, verify: false }, 200],
];

for (const [id, kind, expected, grownMbMax] of ROWS.slice(0, size(4, 6))) {
  it(`${id} a line of 600 MB in the place of a line: ${kind}`, () => {
    const directory = join(temporaryDirectory(), 'store');
    mkdirSync(directory);
    const { seen, codes, seconds, grownMb, heldMsMax } = JSON.parse(
      runProgram(process.execPath, [PROGRAM, directory, kind], 110_000),
    ) as Report;
    console.log(
      `hostile: 600 MB, ${kind}: ${Math.round(grownMb)} MB more memory, loop held ${Math.round(heldMsMax)} ms, ${JSON.stringify(codes)}`,
    );
    expect(seen).toMatchObject(expected);
    expect(grownMb).toBeLessThan(grownMbMax);
    keepFigure('hostile', { what: `600 MB, ${kind}`, count: 1, found: { wrong: 0 }, seconds });
  });
}
