import { existsSync, readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { pid, platform } from 'node:process';

/** Who and where we are, for people to read. */
export interface Machine {
  readonly host: string;
  readonly pid: number;
  /** Windows syncs no directories and renames none that somebody has open. */
  readonly windows: boolean;
  /** Another one after every start of the machine: what was not synced may be gone then. */
  readonly boot: string;
  /** Descriptors that this process may have open. */
  readonly openFilesLimit: number;
}

/** Coarse, because clocks are set: two starts within it would be taken for one. */
const BOOT_MS = 60_000;
const LINUX_BOOT_ID = '/proc/sys/kernel/random/boot_id';

const LINUX_LIMITS = '/proc/self/limits';
/** What Windows gives to a process, and less than macOS gives to Node. */
const OPEN_FILES_LIMIT_ELSEWHERE = 8_192;

function openFilesLimit(): number {
  if (!existsSync(LINUX_LIMITS)) return OPEN_FILES_LIMIT_ELSEWHERE;
  const limit = /^Max open files +(\d+)/m.exec(readFileSync(LINUX_LIMITS, 'latin1'))?.[1];
  return limit === undefined ? OPEN_FILES_LIMIT_ELSEWHERE : Number(limit);
}

function bootId(): string {
  if (existsSync(LINUX_BOOT_ID)) return readFileSync(LINUX_BOOT_ID, 'latin1').trim();
  return String(Math.round((Date.now() - uptime() * 1_000) / BOOT_MS));
}

export const realMachine: Machine = {
  host: hostname(),
  pid,
  windows: platform === 'win32',
  boot: bootId(),
  openFilesLimit: openFilesLimit(),
};
