import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { v7 } from 'uuid';

/** Time, chance and the files of the package, as a value that tests replace. */
export interface World {
  /** Milliseconds on a clock that never steps. */
  elapsed(): number;
  /** A UUIDv7. */
  newId(): string;
  /** At least 0 and below 1. */
  chance(): number;
  /** Calls back once; the returned function takes it back. Keeps no process alive by itself. */
  after(ms: number, call: () => void): () => void;
  /** As `after`, for something that somebody waits for: the process lives until it came. */
  awaitedAfter(ms: number, call: () => void): () => void;
  /** The `.sql` files of this package, in the order of their numbers. */
  migrations(): Migration[];
}

/** One step of the schema, as its file in `migrations/`: `<number>-<name>.sql`. */
export interface Migration {
  number: number;
  name: string;
  sql: string;
}

export const realWorld: World = {
  elapsed: () => performance.now(),
  newId: () => v7(),
  chance: Math.random,
  after(ms, call) {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  awaitedAfter(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  migrations() {
    const directory = new URL('./migrations/', import.meta.url);
    return readdirSync(directory)
      .filter((name) => /^\d{4}-.*\.sql$/.test(name))
      .sort()
      .map((name) => ({
        number: Number(name.slice(0, 4)),
        name: name.slice(5, -'.sql'.length),
        sql: readFileSync(new URL(name, directory), 'utf8'),
      }));
  },
};
