/**
 * Every order in which the calls of two callers that find one stale lock can be made. Each caller
 * has a copy of the library of its own, as two processes have; a call is made only when it is its
 * turn.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { requirePeer } from './bring-peers.ts';

type Callback = (error: Error | null, value?: unknown) => void;
interface LockLibrary {
  lock(file: string, options: object): Promise<unknown>;
}

/** Calls of the library that another caller's calls can come between. */
const CALLS = ['mkdir', 'stat', 'rmdir', 'utimes', 'realpath', 'lstat'] as const;
const SETTLE_ROUNDS = 3;
const HOUR_S = 3_600;

interface Ready {
  caller: number;
  make(): void;
}

/** The outcome of one order: how each caller's wait ended, and how many could have gone first. */
interface Played {
  outcomes: string[];
  choices: number[];
}

/** The library, loaded anew. */
function freshLibrary(): LockLibrary {
  for (const path of Object.keys(requirePeer.cache)) {
    if (path.includes('proper-lockfile')) delete requirePeer.cache[path];
  }
  return requirePeer('proper-lockfile') as LockLibrary;
}

let played = 0;

/** A file system that makes a call of a caller only when it is told to. */
function inTurns(caller: number, ready: Ready[]): typeof fs {
  return new Proxy(fs, {
    get(real, name: keyof typeof fs) {
      if (!(CALLS as readonly string[]).includes(name)) return real[name];
      const make = real[`${name}Sync` as keyof typeof fs] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const callback = args.pop() as Callback;
        ready.push({ caller, make: () => answer(callback, () => make(...args)) });
      };
    },
  });
}

function answer(callback: Callback, call: () => unknown): void {
  let value: unknown;
  try {
    value = call();
  } catch (error) {
    callback(error as Error);
    return;
  }
  callback(null, value);
}

/** Plays one order: the first choices are given, then the first caller goes on. */
async function play(
  libraries: readonly LockLibrary[],
  directory: string,
  order: readonly number[],
): Promise<Played> {
  // Another file each time: nothing of the order before is left of it.
  played += 1;
  const file = join(directory, `file-${played}`);
  fs.writeFileSync(file, '');
  fs.mkdirSync(`${file}.lock`);
  const long = Date.now() / 1_000 - HOUR_S;
  fs.utimesSync(`${file}.lock`, long, long);
  const ready: Ready[] = [];
  const outcomes: string[] = [];
  const choices: number[] = [];
  const options = {
    stale: 5_000,
    update: HOUR_S * 1_000,
    retries: 0,
    onCompromised: () => undefined,
  };
  libraries.forEach((library, caller) => {
    library.lock(file, { ...options, fs: inTurns(caller, ready) }).then(
      () => outcomes.push('held'),
      (error: { code: string }) => outcomes.push(error.code),
    );
  });
  while (outcomes.length < 2) {
    for (let round = 0; round < SETTLE_ROUNDS; round++) await new Promise(setImmediate);
    const callers = [...new Set(ready.map(({ caller }) => caller))].sort();
    if (callers.length === 0) continue;
    const chosen = callers[Math.min(order[choices.length] ?? 0, callers.length - 1)];
    choices.push(callers.length);
    const [next] = ready.splice(
      ready.findIndex(({ caller }) => caller === chosen),
      1,
    );
    next?.make();
  }
  return { outcomes, choices };
}

/** Plays every order; how many there are, and in how many both callers held the lock. */
export async function playAll(directory: string, most: number) {
  const libraries = [freshLibrary(), freshLibrary()];
  const waiting: number[][] = [[]];
  let orders = 0;
  let both = 0;
  while (waiting.length > 0 && orders < most) {
    const order = waiting.pop() as number[];
    const { outcomes, choices } = await play(libraries, directory, order);
    orders += 1;
    if (outcomes.every((outcome) => outcome === 'held')) both += 1;
    for (let at = order.length; at < choices.length; at++) {
      for (let other = 1; other < (choices[at] as number); other++) {
        waiting.push([...order, ...Array(at - order.length).fill(0), other]);
      }
    }
  }
  return { orders, both, all: waiting.length === 0 };
}
