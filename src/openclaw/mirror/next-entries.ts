/** From the file that lies there to the next one: what is kept of it, and what has to be told of it. */
import type { Looked } from './look-at-file.ts';
import type { Marks } from './marks.ts';
import type { Seen } from './take-over-file.ts';
import { isCarried, type MirrorEntry, type Written } from './written.ts';

/** What is written again or carried along, in the order of the file. */
export function presentEntries(written: Written | undefined, seen: Seen | undefined) {
  const present = new Map<string, MirrorEntry>(written?.entries);
  for (const [key, carried] of seen?.carried ?? []) present.set(key, { carried });
  if (written !== undefined || seen === undefined) return present;
  // Before the first mirror the order is that of the file; nothing of its text is kept.
  const marks: Marks = { names: [], values: '' };
  const unwritten = { rev: -1, updatedAt: -1, at: 0, length: 0, marks };
  return new Map(seen.order.map((key) => [key, present.get(key) ?? unwritten]));
}

/** The entries of the file that is about to be replaced. */
export function marksInFile(
  looked: Looked,
  written: Written | undefined,
  seen: Seen | undefined,
): ReadonlyMap<string, Marks> {
  if (seen !== undefined) return seen.marks;
  if (looked.kind !== 'ours') return new Map();
  return new Map(
    [...(written?.entries ?? [])].flatMap(([key, entry]) =>
      isCarried(entry) ? [] : [[key, entry.marks] as const],
    ),
  );
}

/** Those that are others in the next file. */
export function formerMarks(
  next: ReadonlyMap<string, MirrorEntry>,
  inFile: ReadonlyMap<string, Marks>,
): Map<string, Marks | undefined> {
  const former = new Map<string, Marks | undefined>();
  for (const [key, entry] of next) {
    const was = inFile.get(key);
    const is = isCarried(entry) ? undefined : entry.marks;
    if (was?.values !== is?.values || was?.names !== is?.names) former.set(key, was);
  }
  for (const [key, was] of inFile) if (!next.has(key)) former.set(key, was);
  return former;
}
