/**
 * What the versions of OpenClaw that keep their sessions in `sessions.json` write differently.
 * From 2026.7.2 on they are in SQLite, and those versions import what 2026.7.1 wrote.
 */
import { HoldfastError } from '../../model/errors.ts';
import { shown } from '../../model/text.ts';

export interface Dialect {
  /** The last version that writes like this. */
  readonly name: '2026.1.24' | '2026.4.26' | '2026.5.22' | '2026.7.1';
  /** The lock file beside `sessions.json`, by the name of the time in it; later versions have none. */
  readonly lockTime: 'startedAt' | 'createdAt' | undefined;
  /** Long skill prompts lie in files of their own, named by their hash. */
  readonly promptFiles: boolean;
  /** Entries say where replies go a third time, as `route`. */
  readonly route: boolean;
}

/** Oldest first: a version has the dialect of the first one that is not older. */
const DIALECTS: readonly Dialect[] = [
  { name: '2026.1.24', lockTime: 'startedAt', promptFiles: false, route: false },
  { name: '2026.4.26', lockTime: 'createdAt', promptFiles: false, route: false },
  { name: '2026.5.22', lockTime: undefined, promptFiles: false, route: false },
  { name: '2026.7.1', lockTime: undefined, promptFiles: true, route: true },
];

/** The dialect of the last versions with `sessions.json`. */
export const LATEST_DIALECT = DIALECTS.at(-1) as Dialect;

/** Maintenance releases of the same line. */
const LATER_NUMBERS = /^2026\.(6\.3[345]|7\.3[345])$/;
const VERSION = /^(\d{4})\.(\d{1,2})\.(\d{1,2})(-[0-9a-z.-]{1,40})?$/i;

/** The dialect of a version such as `2026.7.1`. `INVALID_ENTRY` for one that has none. */
export function dialectOf(version: string): Dialect {
  const match = VERSION.exec(version);
  if (match === null) {
    throw new HoldfastError(
      'INVALID_ENTRY',
      `${shown(version)} is no version of OpenClaw. Give one such as 2026.7.1.`,
    );
  }
  if (LATER_NUMBERS.test(version)) return LATEST_DIALECT;
  const asked = match.slice(1, 4).map(Number);
  const found = DIALECTS.find(({ name }) => compare(asked, name.split('.').map(Number)) <= 0);
  if (found !== undefined) return found;
  throw new HoldfastError(
    'STORE_UNSUPPORTED',
    `OpenClaw ${version} keeps sessions in SQLite, which only that program may write. Give 2026.7.1: every later version imports what that one wrote.`,
  );
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, part] of a.entries()) {
    const difference = part - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
