/** Locks of OpenClaw: whose they are, and whether that process lives. */
import { join } from 'node:path';
import { isPlainObject } from '../../model/plain-object.ts';
import { mayBeOpenClaw, pidIn } from '../live-gateway.ts';
import { readOwnFile } from '../own-file.ts';
import type { AgentSessions } from '../state-dir.ts';
import { type Examination, forEachOf } from './examination.ts';
import type { SeenFile } from './files-seen.ts';
import type { Finding } from './finding.ts';
import type { FindingCode } from './finding-codes.ts';

/** A lock is a few numbers. */
const LOCK_BYTES_MAX = 4_096;
/**
 * From this age a lock whose process is gone may be moved aside. Sooner it might be that of a process
 * in another container, whose numbers mean nothing here; OpenClaw itself gives up a lock at this age.
 */
export const LOCK_STALE_MS = 1_800_000;

export async function lockFindings(
  examination: Examination,
  agent: AgentSessions,
  locks: readonly SeenFile[],
): Promise<void> {
  const told = await forEachOf(locks, (lock) => lockFinding(examination, agent, lock));
  for (const one of told) if (one !== undefined) examination.findings.add(one.code, one.told);
}

type Told = { code: FindingCode; told: Omit<Finding, 'code' | 'severity'> };

async function lockFinding(
  { system, neighbours: { processes } }: Examination,
  { directory, path: folder }: AgentSessions,
  { name, mtimeMs }: SeenFile,
): Promise<Told | undefined> {
  const path = `${folder}/${name}`;
  const read = await readOwnFile(system.fs, join(directory, name), { bytesMax: LOCK_BYTES_MAX });
  if ('missing' in read) return undefined;
  const bytes = 'bytes' in read ? read.bytes : Buffer.alloc(0);
  const pid = pidIn(bytes);
  const since = Math.max(mtimeMs, takenAt(bytes) ?? 0);
  const ageMs = system.clock.now() - since;
  const age = `${Math.max(0, Math.round(ageMs / 60_000)).toLocaleString('en')} minutes old`;
  if (pid === undefined) {
    const remedy = `Wait: a lock is empty for a moment while it is made, and OpenClaw takes an empty one after half a minute (2026.4 and earlier: after half an hour). If it stays, stop the gateway and remove it.`;
    const reason = `it names no process; it is ${age}`;
    return { code: 'LOCK_WITHOUT_CONTENT', told: { path, reason, remedy } };
  }
  if (processes.isAlive(pid)) {
    if (mayBeOpenClaw(processes, pid)) {
      const remedy = 'Nothing has to be done; it is never touched while that process lives.';
      return { code: 'LOCK_HELD', told: { path, reason: `process ${pid} holds it`, remedy } };
    }
    const reason = `process ${pid}, which it names, lives and is not OpenClaw; the number was given again`;
    const remedy =
      'OpenClaw 2026.5.12 and later take it at the next turn. With an older one, stop the gateway and remove it.';
    return { code: 'LOCK_OTHER_PROCESS', told: { path, reason, remedy } };
  }
  const old = ageMs >= LOCK_STALE_MS;
  return {
    code: 'LOCK_STALE',
    told: {
      path,
      reason: `process ${pid}, which it names, is gone; it is ${age}`,
      remedy: old
        ? '`--fix` moves it aside; so does the next turn of OpenClaw 2026.5 and later.'
        : 'The next turn of OpenClaw 2026.5 and later takes it; `--fix` moves it aside once it is half an hour old, in case its process lives in a container.',
      ...(old && { fix: { do: 'move-aside' } }),
    },
  };
}

/** When a lock says that it was taken. */
function takenAt(bytes: Buffer): number | undefined {
  try {
    const lock: unknown = JSON.parse(bytes.toString('utf8'));
    if (!isPlainObject(lock)) return undefined;
    const time = Date.parse(String(lock.createdAt ?? lock.startedAt));
    return Number.isNaN(time) ? undefined : time;
  } catch {
    // A lock that was left half written; its time is that of the file.
    return undefined;
  }
}
