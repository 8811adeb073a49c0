import type { ArchivesOfAge } from './reports.ts';

/** Days to which the classes of archives reach; the last one holds what is older. */
export const ARCHIVE_AGES_DAYS: readonly number[] = [1, 7, 30, 365];
export const DAY_MS = 86_400_000;

/** Classes with nothing in them, youngest first. */
export function noArchives(): ArchivesOfAge[] {
  return [...ARCHIVE_AGES_DAYS, null].map((upToDays) => ({ upToDays, count: 0, bytes: 0 }));
}

/** Counts one archive in its class. */
export function countArchive(classes: ArchivesOfAge[], ageMs: number, bytes: number): void {
  const found = classes.find(({ upToDays }) => upToDays === null || ageMs < upToDays * DAY_MS);
  if (!found) return;
  found.count += 1;
  found.bytes += bytes;
}
