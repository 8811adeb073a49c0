/** Time as the store sees it. */
export interface Clock {
  /** Milliseconds since the epoch. May jump: only ever shown, never used to decide who holds what. */
  now(): number;
  /** Milliseconds that only rise, for deadlines and durations. */
  elapsed(): number;
}

export const realClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
};
