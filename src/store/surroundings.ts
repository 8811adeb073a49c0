import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { pid } from 'node:process';

/** Time, chance and machine as the store sees them: a value that tests replace. */
export interface Surroundings {
  /** Milliseconds since the epoch: only ever shown. */
  now(): number;
  /** Milliseconds that only rise, for deadlines. */
  elapsed(): number;
  /** Calls back once; the returned function takes it back. */
  after(ms: number, call: () => void): () => void;
  /** A fresh name for an opener that was given none. */
  newInstance(): string;
  readonly host: string;
  readonly pid: number;
}

export const realSurroundings: Surroundings = {
  now: Date.now,
  elapsed: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  newInstance: () => randomBytes(6).toString('hex'),
  host: hostname(),
  pid,
};
