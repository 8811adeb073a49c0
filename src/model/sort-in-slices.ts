import type { Slices } from './slices.ts';

/** Rows sorted in one go: a few milliseconds of work. */
const RUN_ROWS = 4_096;

/** Sorts many rows without holding the event loop: short runs, then merged pair by pair. */
export async function sortInSlices<T>(
  rows: readonly T[],
  compare: (a: T, b: T) => number,
  slices: Slices,
): Promise<T[]> {
  if (rows.length <= RUN_ROWS) return rows.slice().sort(compare);
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
  return runs[0] as T[];
}

async function merge<T>(
  left: T[],
  right: T[],
  compare: (a: T, b: T) => number,
  slices: Slices,
): Promise<T[]> {
  const rows: T[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    const a = left[l] as T;
    const b = right[r] as T;
    if (compare(a, b) <= 0) {
      rows.push(a);
      l += 1;
    } else {
      rows.push(b);
      r += 1;
    }
    if (slices.due) await slices.rest();
  }
  for (; l < left.length; l++) rows.push(left[l] as T);
  for (; r < right.length; r++) rows.push(right[r] as T);
  return rows;
}
