import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFoldDue } from '../../src/backends/files/fold-log.ts';
import { generationsIn } from '../../src/backends/files/generations.ts';
import { logName } from '../../src/backends/files/layout.ts';
import type { Backend } from '../../src/contract/backend.ts';
import { realFileSystem } from '../../src/system/file-system.ts';
import { directoryOf } from './paths-of-session.ts';

const LINE_BYTES = 8_000;

/** A patch that makes the log grow by much and the entry by little. */
export const largePatch = (n: number) => ({ text: `${n} `.padEnd(LINE_BYTES, 'x'), last: n });

/** Makes the log of a session so long that the fourth or fifth further large patch folds it. */
export async function untilFoldIsNear(
  backend: Backend,
  root: string,
  key: string,
  ballast = 0,
): Promise<void> {
  // Without ballast the snapshot holds no text, so that it is small beside what has to grow.
  const first = ballast > 0 ? { last: 0, ballast: 'x'.repeat(ballast) } : { last: 0 };
  await backend.update(key, first, {});
  for (let n = 1; ; n++) {
    const [newest] = generationsOf(root, key).slice(-1);
    const log = readFileSync(join(directoryOf(root, key), logName(newest as number)));
    if (isFoldDue(log.length + 4 * LINE_BYTES, log.indexOf(10) + 1)) return;
    await backend.update(key, largePatch(-n), {});
  }
}

/** Generations of a session's log that lie in its directory. */
export function generationsOf(root: string, key: string): number[] {
  return generationsIn(realFileSystem, directoryOf(root, key), key);
}
