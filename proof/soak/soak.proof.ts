/** Many operations over many sessions: nothing that a process holds grows with what it has done. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../../test/files/temporary-directory.ts';
import { keepFigure } from '../frame/figures.ts';
import { itWith } from '../frame/needs.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';

const PROGRAM = fileURLToPath(new URL('programs/soak.js', import.meta.url));
const OPERATIONS = size(20_000, 1_000_000);
const SESSIONS = size(500, 10_000);
/**
 * Bytes of heap an operation. What a runtime learns of a program is some hundred kilobytes, which a
 * short run can not tell from a leak; holding on to one short text an operation is 100 bytes.
 */
const SLOPE_SHORT_MAX = 60;
const SLOPE_MAX = size(SLOPE_SHORT_MAX, 5);

interface Point {
  done: number;
  heap: number;
  descriptors: number;
  resources: number;
  threads: number;
  rss: number;
}

interface Soaked {
  points: Point[];
  seconds: number;
  ok: boolean;
  warnings: number;
}

/** Not waited for in one call: the runner of the tests has to hear of its worker meanwhile. */
async function soak(
  operations: number,
  sessions: number,
  seed: number,
  leak?: 'leak',
): Promise<Soaked> {
  const words = [operations, sessions, seed].map(String);
  const args = ['--expose-gc', PROGRAM, placeInMemory(), ...words, ...(leak ? [leak] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    timeout: minutes(2, 55),
    killSignal: 'SIGKILL',
  });
  return JSON.parse(stdout) as Soaked;
}

/** This is about the process; a disk would only make it slower. */
function placeInMemory(): string {
  if (!existsSync('/dev/shm')) return temporaryDirectory();
  const place = mkdtempSync('/dev/shm/holdfast-soak-');
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

/** Bytes an operation, by the line that fits best; the first points still fill what is kept on purpose. */
function slopeOf(points: readonly Point[]): number {
  const rest = points.slice(4, -1);
  const mean = (of: (point: Point) => number) =>
    rest.reduce((sum, point) => sum + of(point), 0) / rest.length;
  const x = mean(({ done }) => done);
  const y = mean(({ heap }) => heap);
  const over = rest.reduce((sum, { done, heap }) => sum + (done - x) * (heap - y), 0);
  return over / rest.reduce((sum, { done }) => sum + (done - x) ** 2, 0);
}

function growth(points: readonly Point[], of: keyof Point): number {
  const last = points.at(-1) as Point;
  return last[of] - (points[2] as Point)[of];
}

itWith(['linux'])(
  'R1.8 C.16 many operations over many sessions: heap, descriptors, timers, watchers and threads stay as they were',
  async () => {
    const { seed } = beginRun('soak', `${OPERATIONS} operations over ${SESSIONS} sessions`);
    const { points, seconds, ok, warnings } = await soak(OPERATIONS, SESSIONS, seed);
    const slope = slopeOf(points);
    const grown = {
      descriptors: growth(points, 'descriptors'),
      'timers and watchers': growth(points, 'resources'),
      threads: growth(points, 'threads'),
    };
    const rssMb = Math.round((points.at(-1)?.rss ?? 0) / 1_000_000);
    console.log(
      `soak: ${slope.toFixed(2)} bytes of heap an operation, ${rssMb} MB resident, ${Math.round(OPERATIONS / seconds)} operations a second`,
    );
    keepFigure('soak', {
      what: `operations over ${SESSIONS} sessions`,
      count: OPERATIONS,
      found: { 'bytes of heap an operation': Number(slope.toFixed(2)), ...grown },
      seconds,
      seed,
    });
    expect(slope).toBeLessThan(SLOPE_MAX);
    expect(grown).toEqual({ descriptors: 0, 'timers and watchers': 0, threads: 0 });
    expect({ ok, warnings }).toEqual({ ok: true, warnings: 0 });
  },
  minutes(3, 60),
);

it(
  'the soak notices a leak of forty letters an operation',
  async () => {
    const { points } = await soak(size(6_000, 40_000), 100, 1, 'leak');
    expect(slopeOf(points)).toBeGreaterThan(SLOPE_SHORT_MAX);
  },
  minutes(2, 5),
);
