import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Chance, as a value that tests seed. */
export interface Random {
  /** 0 <= n < 1, for jitter. */
  fraction(): number;
  /** A UUIDv7, rising within one millisecond too. */
  id(now: number): string;
  /** Hexadecimal digits for a name that nobody can have planted. */
  token(): string;
}

// One call for random bytes costs as much as a whole commit; a pool is filled for 256 ids at once.
const pool = new Uint8Array(4_096);
let used = pool.length;

function sixteen(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.subarray(used - 16, used);
}

let lastMs = 0;
let sequence = 0;

export const realRandom: Random = {
  fraction: Math.random,
  id(now) {
    const random = sixteen();
    if (now > lastMs) {
      lastMs = now;
      // A random start below 2^31 leaves room to rise and says nothing about how many ids were made.
      sequence =
        ((random[0] as number) << 16) | ((random[1] as number) << 8) | (random[2] as number);
    } else {
      sequence += 1;
    }
    return v7({ msecs: lastMs, seq: sequence, random });
  },
  token: () => Buffer.from(sixteen()).toString('hex'),
};
