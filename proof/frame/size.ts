/** Which form of the proofs runs: the short one at every change, the long one for a night. */
export const isLong = process.env.PROOF === 'long';

/** A count, a number of seconds, a depth: what the short form takes, and what the long one takes. */
export function size(short: number, long: number): number {
  return isLong ? long : short;
}

/** Vitest's limit for a test that is meant to take so many minutes in the long form. */
export function minutes(short: number, long: number): number {
  return size(short, long) * 60_000;
}
