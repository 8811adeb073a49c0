/**
 * The examination of a state directory. It only looks: the file system that its steps are given
 * refuses every change, so that it may be run in a directory in which a gateway is at work.
 */

import type { VerifyReport } from '../../contract/reports.ts';
import { HoldfastError, isHoldfastError } from '../../model/errors.ts';
import type { FileFacts } from '../../system/file-system.ts';
import type { Neighbours } from '../../system/neighbours.ts';
import { readOnly } from '../../system/read-only.ts';
import type { System } from '../../system/system.ts';
import { findLiveGateway } from '../live-gateway.ts';
import { agentsSeen, rootFindings } from './agents-seen.ts';
import type { Examination, StoreView } from './examination.ts';
import { examineAgent } from './examine-agent.ts';
import type { DoctorReport } from './finding.ts';
import { Findings } from './findings.ts';
import { rootMigrationFindings } from './migration-findings.ts';
import { isReachable, rootPermissionFinding } from './permission-findings.ts';

/** What an examination needs that it can not do itself. */
export interface Means {
  system: System;
  neighbours: Neighbours;
  /** What is in the directory of ours; `undefined` when no store lies there. */
  storeAt(system: System, root: string): StoreView | undefined;
  /** What `verify` says of that store, without changing anything. */
  verify(system: System, root: string): Promise<VerifyReport | undefined>;
}

export interface ExamineAsk {
  deep: boolean;
  findingsPerCodeMax: number | undefined;
}

export async function examine(
  asked: string,
  { deep, findingsPerCodeMax }: ExamineAsk,
  means: Means,
): Promise<DoctorReport> {
  const { root, facts } = realDirectory(means.system, asked);
  const real = means.system;
  const system = { ...real, fs: readOnly(real.confine?.(real.fs, root) ?? real.fs) };
  const findings = new Findings(findingsPerCodeMax);
  const store = means.storeAt(system, root);
  const examination: Examination = {
    ...{ system, neighbours: means.neighbours, root, asked, deep, findings, store },
    reachable: isReachable(facts),
    looked: { agents: 0, lists: 0, entries: 0, files: 0, transcripts: 0 },
  };
  rootPermissionFinding(examination, facts);
  const live = await findLiveGateway(system.fs, means.neighbours, root);
  if (live !== undefined) {
    findings.add('LIVE_GATEWAY', {
      path: '',
      reason: live.reason,
      remedy: 'Look again with the gateway stopped before you act on a finding.',
    });
  }
  const settings = await rootFindings(examination);
  await rootMigrationFindings(examination);
  for (const agent of await agentsSeen(examination)) {
    await examineAgent(examination, agent, settings);
  }
  if (store !== undefined) await storeFindings(examination, means);
  return {
    directory: root,
    kind: store === undefined ? 'openclaw' : 'holdfast',
    ...{ deep, looked: examination.looked, counts: findings.counts },
    ...{ findings: findings.kept, more: findings.more },
  };
}

/** A directory by its real path; `IO_FAILED` when there is none. */
export function realDirectory(
  { fs }: System,
  directory: string,
): { root: string; facts: FileFacts } {
  try {
    const root = fs.realpathSync(directory);
    const facts = fs.lstatSync(root);
    if (facts.isDirectory()) return { root, facts };
  } catch (cause) {
    const why = (cause as Error).message;
    throw new HoldfastError('IO_FAILED', `${directory} can not be examined: ${why}.`, { cause });
  }
  throw new HoldfastError('IO_FAILED', `${directory} can not be examined: it is no directory.`);
}

/** What our own `verify` finds, in the words of `verify`. */
async function storeFindings({ findings, root, system }: Examination, means: Means): Promise<void> {
  let report: VerifyReport | undefined;
  try {
    report = await means.verify(system, root);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    const code = error.code === 'FORMAT_TOO_NEW' ? 'STORE_TOO_NEW' : 'STORE_DAMAGE';
    const remedy = 'Run `holdfast verify`.';
    return findings.add(code, { path: 'holdfast.json', reason: error.message, remedy });
  }
  for (const { severity, code, key, path, range, message, remedy } of report?.problems ?? []) {
    // A transcript that lies where OpenClaw left it was looked at already.
    if (path !== undefined && range !== undefined && findings.tellsOf(path, range.from)) continue;
    findings.add(severity === 'damage' ? 'STORE_DAMAGE' : 'STORE_NOTICE', {
      ...(key !== undefined && { key }),
      ...(path !== undefined && { path }),
      ...(range !== undefined && { range }),
      reason: `${code}: ${message}`,
      remedy: severity === 'damage' ? `${remedy} See \`holdfast repair --dry-run\`.` : remedy,
    });
  }
}
