/** Where proofs put stores whose bytes need not reach a disk: a process that dies takes none along. */
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY = '/dev/shm';

/** A directory in memory where there is one, else the place for all temporary files. */
export function quickPlace(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    return MEMORY;
  } catch {
    return tmpdir();
  }
}
