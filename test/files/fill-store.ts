import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMAT, logName } from '../../src/backends/files/layout.ts';
import { encodeLine, type LoggedTurn } from '../../src/backends/files/log-line.ts';
import { directoryOf, pathsOf } from './paths-of-session.ts';

/** What each session of a filled store is given. */
export interface Filling {
  entry?: Record<string, string | number>;
  /** The process of this turn is gone. */
  turn?: LoggedTurn;
}

/** Key of the session with this number. */
export const filledKey = (n: number) => `agent:main:slack:channel:c${String(n).padStart(6, '0')}`;

/** Session id of the session with this number. */
export const filledId = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Makes sessions 0 to `count` - 1 of the agent `main` by writing their logs, much faster than the store. */
export function fillStore(root: string, count: number, { entry = {}, turn }: Filling = {}): void {
  mkdirSync(pathsOf(root, 'main').sessions, { recursive: true, mode: 0o700 });
  for (let n = 0; n < count; n++) {
    const key = filledKey(n);
    const directory = directoryOf(root, key);
    const at = 1_700_000_000_000 + n;
    const snapshot = {
      v: FORMAT,
      key,
      rev: 1,
      sessionId: filledId(n),
      createdAt: at,
      beganAt: at,
      updatedAt: at,
      entry: { ...entry, n },
      fence: turn?.fence ?? 0,
      ...(turn && { turn }),
    };
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(join(directory, logName(1)), encodeLine(snapshot), { mode: 0o600 });
  }
}
