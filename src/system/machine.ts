import { hostname } from 'node:os';
import { pid, platform } from 'node:process';

/** Who and where we are, for people to read. */
export interface Machine {
  readonly host: string;
  readonly pid: number;
  /** Windows syncs no directories and renames none that somebody has open. */
  readonly windows: boolean;
}

export const realMachine: Machine = {
  host: hostname(),
  pid,
  windows: platform === 'win32',
};
