/** What lies beside a `sessions.json`: temporary files of dead writers, and whole copies of it. */
import { join } from 'node:path';
import type { AgentSessions } from '../state-dir.ts';
import type { Examination } from './examination.ts';
import type { FilesSeen, SeenFile } from './files-seen.ts';
import { scanList } from './list-scan.ts';

/** A writer that lives has its temporary file for moments; OpenClaw removes its own after minutes. */
export const TEMPORARY_OLD_MS = 3_600_000;
/** So many are read to find a whole one, the newest first. */
const COPIES_READ_MAX = 16;

export function temporaryFindings(
  { findings, system }: Examination,
  { path }: AgentSessions,
  { of }: FilesSeen,
  healthy: boolean,
): void {
  for (const { name, mtimeMs } of of.temporary) {
    const old = system.clock.now() - mtimeMs >= TEMPORARY_OLD_MS;
    const ofList = name.startsWith('sessions.json.');
    const reason = ofList
      ? 'a temporary file of a writer of sessions.json'
      : 'a temporary file of the repair of a transcript';
    const mend = old && ofList && healthy;
    findings.add('LEFTOVER_TEMPORARY', {
      path: `${path}/${name}`,
      reason: `${reason}; ${old ? 'it is more than an hour old, so that writer has died' : 'it may be one that writes now'}`,
      remedy: mend
        ? '`--fix` moves it aside.'
        : healthy
          ? 'Nothing has to be done: an hour after it was written `--fix` moves it aside.'
          : 'Keep it until sessions.json is whole again: it may hold a copy.',
      ...(mend && { fix: { do: 'move-aside' } }),
    });
  }
}

/** Looks for whole copies when the list itself can not be used. */
export async function wholeCopies(
  { findings, system, root }: Examination,
  { directory, path }: AgentSessions,
  { of }: FilesSeen,
): Promise<void> {
  const ofList = ({ name }: SeenFile) => name.startsWith('sessions.json.');
  const copies = [...of.temporary.filter(ofList), ...of['list-copy']];
  const newest = copies.toSorted((a, b) => b.mtimeMs - a.mtimeMs).slice(0, COPIES_READ_MAX);
  for (const { name, mtimeMs } of newest) {
    const scan = await scanList(system.fs, join(directory, name));
    if (!('found' in scan)) continue;
    const { damage, entries } = scan.found;
    if (damage !== undefined || entries.size === 0) continue;
    findings.add('WHOLE_COPY', {
      path: `${path}/${name}`,
      count: entries.size,
      reason: `it is whole, has ${entries.size} entries and was written at ${new Date(mtimeMs).toISOString()}`,
      remedy: `With the gateway stopped, copy it over ${join(root, path, 'sessions.json')}, of which you have kept a copy.`,
    });
  }
}
