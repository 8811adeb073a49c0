/**
 * A process whose next call is known from the answers to its former ones.
 *
 * The code of the store is run unchanged. It has no world but the seam, so what it does next is a
 * function of the answers that it has had: to learn it, the program is run from its beginning with
 * those answers, up to the first call that has none. A synchronous call is left by an error that
 * nothing can answer; an asynchronous one by a promise that never settles. Whatever the abandoned
 * run does on its way out is refused and counts for nothing.
 *
 * An asynchronous call takes its effect while its process waits, never within a synchronous stretch
 * of the same process. Timers are calls, too: their answer is that the time has passed.
 */
import type { System } from '../../src/system/system.ts';
import { type Answer, type DiskCall, fileLockOver, fileSystemOver, valueIn } from './disk-calls.ts';

export type Call = DiskCall | { name: 'timer'; ms: number } | { name: 'barrier' };

/** A call that a process has made and that has no answer yet. */
export interface Pending {
  /** Counted from 0 through the life of the process. */
  readonly index: number;
  readonly call: Call;
}

/** The answer to one call, and by its chain all that came before. */
export interface Event {
  readonly before: Event | undefined;
  readonly pending: Pending;
  readonly answer: Answer;
}

/** What a process does after what it was answered. */
export interface Behaviour {
  /** What it waits for: one synchronous call, or any number of others. Empty: it is at its end. */
  readonly pending: readonly Pending[];
  /** Results of its steps so far. */
  readonly outcomes: readonly unknown[];
  readonly error?: unknown;
}

/** The world of one process, and where it puts its results. */
export interface Process {
  readonly system: System;
  readonly outcomes: unknown[];
  /** Waits until everybody is warm. */
  barrier(): Promise<void>;
}

export type Program = (process: Process) => Promise<void>;

const LEFT = new Error('this run is over');

/** Whether an error is the one by which an abandoned run is left, or comes from it. */
export function isLeft(cause: unknown): boolean {
  return cause === LEFT || (cause instanceof Error && isLeft(cause.cause ?? null));
}

/** 2026-03-01 in UTC. */
const NOW = Date.UTC(2026, 2, 1);

/** Runs a program with the answers that lead to `last`; `number` tells processes apart. */
export async function behaviourAfter(
  program: Program,
  number: number,
  last: Event | undefined,
): Promise<Behaviour> {
  const events: Event[] = [];
  for (let event = last; event; event = event.before) events.push(event);
  const run = new Run(number, events.reverse());
  return run.through(program);
}

class Run {
  readonly #events: readonly Event[];
  readonly #number: number;
  readonly #waiting = new Map<number, { call: Call; answer(answer: Answer): void }>();
  readonly #outcomes: unknown[] = [];
  #issued = 0;
  #answered = 0;
  #tokens = 0;
  #elapsed = 0;
  #left: Pending | undefined;
  #error: unknown;

  constructor(number: number, events: readonly Event[]) {
    this.#number = number;
    this.#events = events;
  }

  async through(program: Program): Promise<Behaviour> {
    const barrier = () => this.#later({ name: 'barrier' }) as Promise<void>;
    const own: Process = { system: this.#system(), outcomes: this.#outcomes, barrier };
    program(own).catch((error: unknown) => {
      if (error !== LEFT && !this.#left) this.#error = error;
    });
    for (;;) {
      await quiet();
      if (this.#left) break;
      const event = this.#events[this.#answered];
      if (!event) break;
      const waiting = this.#waiting.get(event.pending.index);
      if (!waiting) throw new Error(`the run went another way at call ${event.pending.index}`);
      this.#answered += 1;
      this.#waiting.delete(event.pending.index);
      waiting.answer(event.answer);
    }
    const waiting = [...this.#waiting].map(([index, { call }]) => ({ index, call }));
    const pending = this.#left ? [this.#left] : waiting;
    // What the code does on its way out comes after this and is not part of it.
    const outcomes = [...this.#outcomes];
    this.#left ??= { index: -1, call: { name: 'barrier' } };
    return { pending, outcomes, ...(this.#error !== undefined && { error: this.#error }) };
  }

  #now(call: DiskCall): unknown {
    if (this.#left) throw LEFT;
    const index = this.#issued++;
    const event = this.#events[this.#answered];
    if (event?.pending.index !== index) {
      this.#left = { index, call };
      Object.freeze(this.#outcomes);
      throw LEFT;
    }
    this.#answered += 1;
    return valueIn(call, event.answer);
  }

  #later(call: Call): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#wait(call, (answer) => {
        try {
          resolve(valueIn(call as DiskCall, answer));
        } catch (cause) {
          reject(cause);
        }
      });
    });
  }

  /** Returns what takes the call back. */
  #wait(call: Call, answer: (answer: Answer) => void): () => void {
    if (this.#left) return () => undefined;
    const index = this.#issued++;
    this.#waiting.set(index, { call, answer });
    return () => this.#waiting.delete(index);
  }

  #system(): System {
    const now = (call: DiskCall) => this.#now(call);
    const later = (call: DiskCall) => this.#later(call);
    const after = (ms: number, call: () => void) =>
      this.#wait({ name: 'timer', ms }, () => {
        this.#elapsed += ms;
        call();
      });
    const token = () => {
      this.#tokens += 1;
      return `${this.#number}${String(this.#tokens).padStart(31, '0')}`;
    };
    return {
      fs: fileSystemOver(now, later),
      lock: fileLockOver(now),
      clock: { now: () => NOW + Math.floor(this.#elapsed), elapsed: () => this.#elapsed },
      timers: {
        after,
        every: () => () => undefined,
        soon: (call) => void after(0, call),
      },
      random: { fraction: () => 0.5, id: () => `id-${token()}`, token },
      machine: {
        host: 'here',
        pid: this.#number,
        windows: false,
        boot: 'boot',
        openFilesLimit: 1_024,
      },
      mount: { kind: () => 'sound', excludes: async () => true },
    };
  }
}

/** Resolves when nothing is left to do without an answer. */
function quiet(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => process.nextTick(resolve));
  });
}
