import assert from 'node:assert/strict';
import type { ErrorCode } from '../../model/errors.ts';
import type { TranscriptRecord } from '../../model/state.ts';
import type { Backend } from '../backend.ts';
import type { Session, Store, StoreOptions, Warning } from '../store.ts';

/** A case that needs the back end itself: a store does not offer what it is about. */
export type BackendLaw = (
  title: string,
  run: (backend: Backend, key: string) => Promise<void>,
) => void;

/** What one case works on: a store that is closed afterwards, and keys that nobody else uses. */
export interface Trial {
  readonly store: Store;
  /** An agent of this case alone, so that a listing can be narrowed to it. */
  readonly agentId: string;
  /** A key of this case alone, below its agent. */
  key(tail?: string): string;
  session(tail?: string): Session;
  /** What the stores of this case warned of. A case that leaves any behind has failed. */
  readonly warnings: Warning[];
  /** Waits for a condition, and fails with its name when it does not come true. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>;
  /** A second store on the same location. Only cases that ask for it may call this. */
  another(options?: StoreOptions): Promise<Store>;
}

export type Law = (title: string, run: (trial: Trial) => Promise<void>, needs?: Needs) => void;

/** What a case needs besides a store with its defaults. */
export interface Needs {
  options?: StoreOptions;
  /** A second store on the same location. */
  another?: true;
}

/** A promise that a case settles by hand, instead of sleeping. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const POLL_MS = 5;
/** Generous: only a case that fails ever uses it up. */
export const PATIENCE_MS = 20_000;

/** Waits for a condition, and fails with its name when it has not come true after `patienceMs`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > deadline) assert.fail(`gave up waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Marks a promise that the case awaits later, once it has done what is between. */
export function told(later: Promise<unknown>): void {
  // When the case fails before it gets there, a second, unhandled failure would only confuse.
  later.catch(() => undefined);
}

/** Fails unless the call rejects with a typed error of this code; returns the error. */
export async function refused(
  code: ErrorCode,
  call: () => unknown,
): Promise<Error & { code: string; retry: string; key?: string }> {
  try {
    await call();
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, code, String((error as Error).stack ?? error));
    assert.equal((error as Error).name, 'HoldfastError');
    assert.ok((error as Error).message.length > 20, 'the message says what happened');
    return error as Error & { code: string; retry: string };
  }
  return assert.fail(`expected ${code}, but the call was accepted`);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The records must be one chain: each the child of the one before. */
export function assertOneChain(records: readonly TranscriptRecord[]): void {
  let parent: string | null = null;
  let seq = 0;
  for (const record of records) {
    assert.equal(record.parentId, parent, `record ${record.id} hangs below another one`);
    assert.ok(record.seq > seq, 'seq rises along the transcript');
    parent = record.id;
    seq = record.seq;
  }
  assert.equal(new Set(records.map((record) => record.id)).size, records.length);
}

/** The session of a case through its store and through another one on the same location. */
export async function both(t: Trial): Promise<[Session, Session, Store]> {
  const other = await t.another();
  return [t.session(), other.session(t.key()), other];
}
