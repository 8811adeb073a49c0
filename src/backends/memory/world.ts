import { v7 } from 'uuid';

/** Time and chance, as a value that tests replace. Nothing else of this back end touches either. */
export interface World {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A UUIDv7. */
  newId(): string;
  /** Calls back once; the returned function takes it back. */
  after(ms: number, call: () => void): () => void;
}

export const realWorld: World = {
  now: Date.now,
  newId: () => v7(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
