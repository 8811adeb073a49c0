import { readFileSync } from 'node:fs';
import { kill, platform } from 'node:process';

/** Other processes of this machine, by the numbers that other programs left in their files. */
export interface Processes {
  /** Whether a process has this number now: it may be another one than the number was written for. */
  isAlive(pid: number): boolean;
  /** The words that it was started with; `undefined` where the system does not tell. */
  commandLine(pid: number): string[] | undefined;
}

export const realProcesses: Processes = {
  isAlive(pid) {
    // Zero and negative numbers mean groups of processes to the kernel.
    if (!Number.isSafeInteger(pid) || pid <= 0) return false;
    try {
      kill(pid, 0);
      return true;
    } catch (cause) {
      // Somebody else's process may not be signalled, and lives.
      return (cause as { code?: unknown }).code === 'EPERM';
    }
  },
  commandLine(pid) {
    if (platform !== 'linux' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    } catch {
      // It ended meanwhile, or may not be looked at: nothing is known of it.
      return undefined;
    }
  },
};
