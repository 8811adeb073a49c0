/**
 * Whether a gateway of OpenClaw is at work on a state directory. It says so nowhere for certain: the
 * locks of its transcripts are held during turns only, and it listens on a port that a setting
 * names. Either sign is enough; the absence of both is no proof, so the manual says to stop it first.
 */
import { basename, join } from 'node:path';
import { isPlainObject } from '../model/plain-object.ts';
import type { FileSystem } from '../system/file-system.ts';
import type { Neighbours } from '../system/neighbours.ts';
import type { Processes } from '../system/processes.ts';
import { directoryKind, namesIn, readOwnFile } from './own-file.ts';

/** Where a gateway listens that has no other setting. */
const PORT = 18_789;
const ANSWER_MS = 500;
/** A lock is a few numbers. */
const LOCK_BYTES_MAX = 4_096;
const CONFIG_BYTES_MAX = 16_777_216;

export interface LiveGateway {
  /** What was seen, as the end of a sentence. */
  reason: string;
}

/** `undefined` when no sign of a gateway was seen. `root` is a real path. */
export async function findLiveGateway(
  fs: FileSystem,
  neighbours: Neighbours,
  root: string,
): Promise<LiveGateway | undefined> {
  const held = await heldLock(fs, neighbours, root);
  if (held !== undefined) return held;
  const port = await gatewayPort(fs, root);
  if (port === undefined || !(await neighbours.loopback.answers(port, ANSWER_MS))) return undefined;
  return { reason: `something answers on port ${port}, where its gateway listens` };
}

/** A lock file of the program whose process lives and looks like the program. */
async function heldLock(
  fs: FileSystem,
  { processes }: Neighbours,
  root: string,
): Promise<LiveGateway | undefined> {
  const agents = join(root, 'agents');
  if ((await directoryKind(fs, agents)) !== 'directory') return undefined;
  const list = await namesIn(fs, agents);
  for (const agent of 'names' in list ? list.names : []) {
    const directory = join(agents, agent, 'sessions');
    if ((await directoryKind(fs, join(agents, agent))) !== 'directory') continue;
    if ((await directoryKind(fs, directory)) !== 'directory') continue;
    const files = await namesIn(fs, directory);
    for (const name of 'names' in files ? files.names : []) {
      if (!name.endsWith('.jsonl.lock') && name !== 'sessions.json.lock') continue;
      const read = await readOwnFile(fs, join(directory, name), { bytesMax: LOCK_BYTES_MAX });
      const pid = 'bytes' in read ? pidIn(read.bytes) : undefined;
      if (pid === undefined || !processes.isAlive(pid) || !mayBeOpenClaw(processes, pid)) continue;
      const path = `agents/${agent}/sessions/${name}`;
      return { reason: `process ${pid}, which lives, has the lock ${path}` };
    }
  }
  return undefined;
}

/** The process that a lock of OpenClaw names. */
export function pidIn(bytes: Buffer): number | undefined {
  try {
    const lock: unknown = JSON.parse(bytes.toString('utf8'));
    const pid = isPlainObject(lock) ? lock.pid : undefined;
    return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    // A lock that is being written, or was left half written, names nobody.
    return undefined;
  }
}

/** Numbers of processes are given again; what its command line tells decides, where there is one. */
export function mayBeOpenClaw(processes: Processes, pid: number): boolean {
  const words = processes.commandLine(pid);
  if (words === undefined || words.length === 0) return true;
  const named = (word: string) => /^(openclaw|clawdbot|moltbot)(\.mjs)?$/.test(basename(word));
  const entry = words.some((word) => /(^|\/)dist\/(index|entry)\.m?js$/.test(word));
  // It renames itself, so that the whole command line is one word with blanks in it.
  const titled = /^(openclaw|clawdbot|moltbot)([- ]|$)/.test(words[0] as string);
  return (
    titled || words.some(named) || (entry && words.some((word) => /^(gateway|agent)$/.test(word)))
  );
}

/** `undefined` for a directory without settings: nothing was ever started on it. */
async function gatewayPort(fs: FileSystem, root: string): Promise<number | undefined> {
  const read = await readOwnFile(fs, join(root, 'openclaw.json'), { bytesMax: CONFIG_BYTES_MAX });
  if (!('bytes' in read)) return undefined;
  const text = read.bytes.toString('utf8');
  try {
    const config: unknown = JSON.parse(text);
    const gateway = isPlainObject(config) ? config.gateway : undefined;
    const port = isPlainObject(gateway) ? gateway.port : undefined;
    return typeof port === 'number' && port > 0 && port < 65_536 ? port : PORT;
  } catch {
    // Settings may have comments, which only the program itself reads: the usual port.
    return PORT;
  }
}
