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
}

/** Coarse, because clocks are set: two starts within it would be taken for one. */
const BOOT_MS = 60_000;
const LINUX_BOOT_ID = '/proc/sys/kernel/random/boot_id';

function bootId(): string {
  if (existsSync(LINUX_BOOT_ID)) return readFileSync(LINUX_BOOT_ID, 'latin1').trim();
  return String(Math.round((Date.now() - uptime() * 1_000) / BOOT_MS));
}

export const realMachine: Machine = {
  host: hostname(),
  pid,
  windows: platform === 'win32',
  boot: bootId(),
};
