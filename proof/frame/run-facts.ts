/**
 * What a run must say so that anybody can repeat it: seed, commit, kernel, file system, and the
 * command. The seed is fixed in the short form, where a failure must be a change's fault, and new at
 * every run of the long form, which looks for what nobody has thought of.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { isLong } from './size.ts';

const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs',
  2035054128: 'overlayfs',
  1702057286: 'fuse',
};

/** The commit that is checked out, `unknown` outside a repository. */
export function commitOf(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

/** The kind of file system that a path lies on. */
export function fileSystemOf(path: string): string {
  const type = Number(statfsSync(path).type);
  return FILE_SYSTEMS[type] ?? `type ${type.toString(16)}`;
}

/** The processor's name, for reports. */
export function processorOf(): string {
  try {
    const line = /^model name\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return line?.[1]?.trim() ?? process.arch;
  } catch {
    return process.arch;
  }
}

/** A run of one proof: its seed, and chance made from it. */
export interface Run {
  readonly seed: number;
  readonly chance: Chance;
}

/** Chance that repeats itself. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A whole number below `max`. */
  below(max: number): number;
  pick<T>(of: readonly T[]): T;
}

/**
 * Begins a run and prints its facts. `proof` is the name of the proof's directory, and `seed`
 * replays one that was kept.
 */
export function beginRun(proof: string, what: string, seed = seedOfToday()): Run {
  const where = fileSystemOf(tmpdir());
  const form = isLong ? 'proof:long' : 'proof';
  console.log(
    `${proof}, ${what}: seed ${seed}, commit ${commitOf()}, Linux ${release()}, ${where}, Node ${process.version}\n` +
      `  again: PROOF_SEED=${seed} npm run ${form} -- ${proof}`,
  );
  return { seed, chance: chanceOf(seed) };
}

function seedOfToday(): number {
  const asked = process.env.PROOF_SEED;
  if (asked !== undefined) return Number(asked);
  return isLong ? Math.floor(Math.random() * 2 ** 31) : 20_261_122;
}

/** Chance from a seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (max: number) => Math.floor(next() * max);
  return { next, below, pick: (of) => of[below(of.length)] as (typeof of)[number] };
}
