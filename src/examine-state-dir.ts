/** The one place where the examination of a state directory is bound to the files back end. */
import { join, resolve } from 'node:path';
import {
  agentFolder,
  agentPaths,
  archiveName,
  MARK,
  sessionFolder,
} from './backends/files/layout.ts';
import { verifyFiles } from './backends/files/verify-files.ts';
import { HoldfastError } from './model/errors.ts';
import { isSessionId } from './model/session-id.ts';
import { agentOf } from './model/session-key.ts';
import { shown } from './model/text.ts';
import type { StoreView } from './openclaw/doctor/examination.ts';
import { examine, type Means } from './openclaw/doctor/examine.ts';
import type { DoctorReport, Finding } from './openclaw/doctor/finding.ts';
import { type MendReport, mend } from './openclaw/doctor/mend.ts';
import { realNeighbours } from './system/neighbours.ts';
import { realSystem, type System } from './system/system.ts';

export interface ExamineOptions {
  /** Read whole transcripts, and archived ones; otherwise beginnings and ends. Default `false`. */
  deep?: boolean;
  /** How many findings of one code are kept; the others are counted. Default 100. */
  findingsPerCodeMax?: number;
}

const MEANS: Means = {
  system: realSystem,
  neighbours: realNeighbours,
  storeAt,
  verify: (system, root) => verifyFiles(root, system),
};

/**
 * Looks through an OpenClaw state directory, taken over by Holdfast or not, and tells what is not as
 * it should be, each with a reason and a remedy. Changes nothing, needs no right to write, and may be
 * called while a gateway is at work. Rejects with `IO_FAILED` when there is no such directory; all
 * else is a finding.
 */
export async function examineStateDir(
  directory: string,
  options: ExamineOptions = {},
): Promise<DoctorReport> {
  const { deep = false, findingsPerCodeMax } = options;
  if (typeof deep !== 'boolean') refuse('deep', deep, 'true or false');
  const max = findingsPerCodeMax ?? 1;
  if (!Number.isSafeInteger(max) || max < 1) refuse('findingsPerCodeMax', max, 'a whole number');
  return examine(resolve(directory), { deep, findingsPerCodeMax }, MEANS);
}

/**
 * Does what findings with a `fix` say, and nothing else: what is to go is moved into a new directory
 * `holdfast-doctor-<time>` inside the state directory, under its relative path. Each one is looked at
 * again before. Rejects with `SESSION_BUSY` while a gateway seems to be at work.
 *
 * @param findings of a report about the same directory
 */
export async function mendStateDir(
  directory: string,
  findings: readonly Finding[],
): Promise<MendReport> {
  return mend(resolve(directory), findings, MEANS);
}

/** Whether a store lies there is told by its mark, or by sessions that it keeps. */
function storeAt({ fs }: System, root: string): StoreView | undefined {
  if (!isThere(fs, join(root, MARK))) return undefined;
  const folder = (key: string) =>
    join(agentPaths(root, agentFolder(agentOf(key))).sessions, sessionFolder(key));
  return {
    hasSession: (key) => isThere(fs, folder(key)),
    hasArchive: (key, sessionId) =>
      isSessionId(sessionId) && isThere(fs, join(folder(key), archiveName(sessionId))),
  };
}

function isThere(fs: System['fs'], path: string): boolean {
  try {
    fs.lstatSync(path);
    return true;
  } catch {
    // Missing, or not to be looked at: then nothing more can be said of it either.
    return false;
  }
}

function refuse(option: string, value: unknown, wanted: string): never {
  const message = `The option ${option} has to be ${wanted}, not ${shown(value)}.`;
  throw new HoldfastError('INVALID_ENTRY', message);
}
