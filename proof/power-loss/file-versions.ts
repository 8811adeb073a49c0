/**
 * What a crash may leave of one file that was not synced since.
 *
 * Its length is one that it had, or lies between two of them; each sector of 512 bytes holds, on its
 * own, what it held at its last sync or at any moment since, and zeros where it held nothing yet. So:
 * nothing of a write, the beginning of it, holes in it, zeros in its place, a cut that never came.
 */
import type { Chance } from '../frame/run-facts.ts';
import type { FileHistory } from './persistence.ts';

const SECTOR = 512;
/** Lengths that no sector ends at, for each growth: a file may be cut anywhere. */
const ODD_CUTS = 2;

/** Contents, the kept one first and the newest last; all of them, or `most` by chance. */
export function versionsOf(history: FileHistory, most: number, chance: Chance): Buffer[] {
  const { kept, since } = history;
  const newest = since.at(-1)?.bytes;
  if (newest === undefined) return [kept];
  const found = new Found();
  found.add(kept);
  const moments = [kept, ...since.map(({ bytes }) => bytes)];
  const sizes = [...sizesOf(moments, chance)];
  const choices = sizes.map((size) => sectorsOf(moments, size));
  const total = choices.reduce((sum, sectors) => sum + countOf(sectors), 0);
  for (const moment of moments) if (total > most && found.all.length < most) found.add(moment);
  if (total <= most) {
    for (const [at, sectors] of choices.entries()) {
      for (let number = 0; number < countOf(sectors); number++) {
        found.add(pick(sectors, sizes[at] as number, number));
      }
    }
  } else {
    for (let tries = 0; found.all.length < most && tries < most * 4; tries++) {
      const at = chance.below(sizes.length);
      const sectors = choices[at] as Buffer[][];
      const size = sizes[at] as number;
      // Mostly whole moments with one odd sector; sometimes every sector on its own.
      const bytes = Buffer.alloc(size);
      const base = chance.below(moments.length);
      for (const [n, options] of sectors.entries()) {
        const own = sectorOf(moments[base] as Buffer, n, size);
        const stray = chance.below(sectors.length) === 0 || chance.below(4) === 0;
        (stray ? chance.pick(options) : own).copy(bytes, n * SECTOR);
      }
      found.add(bytes);
    }
  }
  return [...found.all.filter((bytes) => !bytes.equals(newest)), newest];
}

/** Lengths that the file may have. */
function sizesOf(moments: readonly Buffer[], chance: Chance): Set<number> {
  const sizes = new Set<number>(moments.map(({ length }) => length));
  for (const [n, { length }] of moments.entries()) {
    const before = moments[n - 1]?.length ?? length;
    const [from, to] = [Math.min(before, length), Math.max(before, length)];
    for (let cut = Math.ceil((from + 1) / SECTOR) * SECTOR; cut < to; cut += SECTOR) sizes.add(cut);
    for (let odd = 0; odd < ODD_CUTS && to - from > 1; odd++) {
      sizes.add(from + 1 + chance.below(to - from - 1));
    }
  }
  return sizes;
}

function sectorOf(moment: Buffer, n: number, size: number): Buffer {
  const length = Math.min(SECTOR, size - n * SECTOR);
  const here = moment.subarray(n * SECTOR, n * SECTOR + length);
  if (here.length === length) return here;
  const padded = Buffer.alloc(length);
  here.copy(padded);
  return padded;
}

/** What each sector of a file of this length may hold. */
function sectorsOf(moments: readonly Buffer[], size: number): Buffer[][] {
  const sectors: Buffer[][] = [];
  for (let n = 0; n * SECTOR < size; n++) {
    const options: Buffer[] = [];
    for (const moment of moments) {
      const bytes = sectorOf(moment, n, size);
      if (!options.some((other) => other.equals(bytes))) options.push(bytes);
    }
    sectors.push(options);
  }
  return sectors;
}

function countOf(sectors: readonly Buffer[][]): number {
  return sectors.reduce((product, { length }) => product * length, 1);
}

function pick(sectors: readonly Buffer[][], size: number, number: number): Buffer {
  const bytes = Buffer.alloc(size);
  let rest = number;
  for (const [n, options] of sectors.entries()) {
    (options[rest % options.length] as Buffer).copy(bytes, n * SECTOR);
    rest = Math.floor(rest / options.length);
  }
  return bytes;
}

/** Contents without those that were there already. */
class Found {
  readonly all: Buffer[] = [];
  readonly #known = new Set<string>();

  add(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    if (this.#known.has(text)) return;
    this.#known.add(text);
    this.all.push(bytes);
  }
}
