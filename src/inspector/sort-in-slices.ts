import type { Slices } from './slices.ts';

/** Rows sorted in one go: a few milliseconds of work. */
const RUN_ROWS = 4_096;

type Compare<T> = (a: T, b: T) => number;

/** Sorts many rows without holding the event loop: short runs, then merged pair by pair. */
export async function sortInSlices<T>(
  rows: readonly T[],
  compare: Compare<T>,
  slices: Slices,
): Promise<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < rows.length; at += RUN_ROWS) {
    runs.push(rows.slice(at, at + RUN_ROWS).sort(compare));
    if (slices.over) await slices.rest();
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [left, right] = [runs[at] as T[], runs[at + 1]];
      merged.push(right ? await merge(left, right, compare, slices) : left);
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T>(left: T[], right: T[], compare: Compare<T>, slices: Slices): Promise<T[]> {
  const rows: T[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const fromLeft =
      r >= right.length || (l < left.length && compare(left[l] as T, right[r] as T) <= 0);
    rows.push((fromLeft ? left[l++] : right[r++]) as T);
    if (slices.due) await slices.rest();
  }
  return rows;
}
