/** Names in which OpenClaw puts a time. */

/** The form of such a time; what a path is made of is checked against it. */
export const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z$/;
const ARCHIVED = /\.jsonl\.(reset|deleted|bak)\.\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}(\.\d{3})?Z$/;
/** The last moment that a date can tell in four digits. */
const MS_MAX = 253_402_300_799_999;

/** A time in milliseconds as OpenClaw writes it into names: `2026-02-26T09-15-07.123Z`. */
export function stampOf(ms: number): string {
  const told = Number.isFinite(ms) ? Math.min(Math.max(Math.trunc(ms), 0), MS_MAX) : 0;
  return new Date(told).toISOString().replaceAll(':', '-');
}

/** Whether a name is already that of a conversation which OpenClaw has put away. */
export function isArchiveName(name: string): boolean {
  return ARCHIVED.test(name);
}

/** The name of a transcript whose conversation was followed by another one at a time. */
export function archiveName(transcript: string, archivedAt: number): string {
  return `${transcript}.reset.${stampOf(archivedAt)}`;
}
