import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { emitWarning, pid } from 'node:process';
import { setImmediate as nextRound } from 'node:timers/promises';

/** Time, chance and the files of the package as the inspector sees them: a value that tests replace. */
export interface World {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that never steps. */
  elapsed(): number;
  /** Calls back once; the returned function takes it back. Keeps no process alive by itself. */
  after(ms: number, call: () => void): () => void;
  /** As `after`, for something that somebody waits for: the process lives until it came. */
  awaitedAfter(ms: number, call: () => void): () => void;
  /** Lets everything else have its round of the event loop. */
  breathe(): Promise<void>;
  /** Text that nobody can guess. */
  newToken(): string;
  /** Tells of a fault in the inspector itself. */
  warn(error: Error): void;
  readonly pid: number;
  /** Version of the package. */
  version(): string;
  /** The built page: names below its directory, with forward slashes. Empty when it is not built. */
  page(): ReadonlyMap<string, Uint8Array>;
}

const TOKEN_BYTES = 32;

export const realWorld: World = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  awaitedAfter(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  breathe: () => nextRound(),
  newToken: () => randomBytes(TOKEN_BYTES).toString('base64url'),
  warn: (error) => emitWarning(error),
  pid,
  version() {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  },
  page: () => filesBelow(new URL('page/', import.meta.url)),
};

function filesBelow(directory: URL): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const name of namesBelow(directory)) {
    found.set(name, readFileSync(new URL(name, directory)));
  }
  return found;
}

function namesBelow(directory: URL): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap(({ name }) =>
      /\.[a-z0-9]+$/.test(name)
        ? [name]
        : namesBelow(new URL(`${name}/`, directory)).map((below) => `${name}/${below}`),
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
