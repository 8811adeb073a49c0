/**
 * `holdfast-release.json`: how far a release has come, in the state directory while it runs.
 *
 *     (none)  --something is going to be written--> writing
 *     writing --all of it lies whole in `<aside>/prepared`--> moving
 *     moving  --everything is in its place, this file in `<aside>`--> (none)
 *
 * While it is `writing`, nothing outside of `<aside>` has changed: whoever comes next clears what is
 * there and begins again. From `moving` on there are only renames to be made, each of which can be
 * seen to be done or not: whoever comes next makes those that are left, and needs no store for it.
 */
import { join } from 'node:path';
import { isPlainObject } from '../../model/plain-object.ts';
import type { System } from '../../system/system.ts';
import { readOwnFile } from '../own-file.ts';
import { AGENT_ID } from '../state-dir.ts';
import { STAMP } from './archive-name.ts';
import { unsafe } from './release-failure.ts';
import type { ReleaseReport } from './release-report.ts';
import { replaceFile } from './whole-files.ts';

export const STATE_NAME = 'holdfast-release.json';
/** Room for the names of a million archives. */
const BYTES_MAX = 268_435_456;

/** A transcript that gets the name of an archive. */
export interface Rename {
  agentId: string;
  from: string;
  to: string;
}

export interface ReleaseState {
  v: 1;
  openclaw: string;
  /** When it began; part of the name of the directory that everything is moved into. */
  stamp: string;
  phase: 'writing' | 'moving';
  renames: Rename[];
  /** What will be told at the end; `undefined` while it is not known. */
  report?: ReleaseReport;
}

/** Relative to the state directory. */
export function asideOf({ stamp }: Pick<ReleaseState, 'stamp'>): string {
  return `holdfast-released-${stamp}`;
}

/** `undefined` when no release was begun. `UNSAFE_PATH` for what no release has written. */
export async function readReleaseState(
  system: System,
  root: string,
): Promise<ReleaseState | undefined> {
  const path = join(root, STATE_NAME);
  const read = await readOwnFile(system.fs, path, { bytesMax: BYTES_MAX });
  if ('missing' in read) return undefined;
  if ('reason' in read) throw unsafe(path, read.reason);
  let value: unknown;
  try {
    value = JSON.parse(read.bytes.toString('utf8'));
  } catch (cause) {
    throw unsafe(path, `it does not decode: ${(cause as Error).message}`);
  }
  if (!isReleaseState(value)) throw unsafe(path, 'no release has written it');
  return value;
}

export function writeReleaseState(
  system: System,
  root: string,
  state: ReleaseState,
): Promise<void> {
  return replaceFile(system, join(root, STATE_NAME), JSON.stringify(state, null, 2));
}

/** Paths are made of what it says, so every part of one is checked. */
function isReleaseState(value: unknown): value is ReleaseState {
  if (!isPlainObject(value)) return false;
  const { v, openclaw, stamp, phase, renames, report } = value;
  return (
    v === 1 &&
    typeof openclaw === 'string' &&
    typeof stamp === 'string' &&
    STAMP.test(stamp) &&
    (phase === 'writing' || (phase === 'moving' && isPlainObject(report))) &&
    Array.isArray(renames) &&
    renames.every(isRename)
  );
}

function isRename(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { agentId, from, to } = value;
  const isName = (name: unknown) => typeof name === 'string' && /^[^/\\\0]+\.jsonl/.test(name);
  return typeof agentId === 'string' && AGENT_ID.test(agentId) && isName(from) && isName(to);
}
