import { isLong } from '../frame/size.ts';
import { errnosFor, fewErrnosFor, lastingErrnosFor } from './fitting-errnos.ts';
import type { Durability } from './opened.ts';
import type { Operation, Start } from './operations.ts';
import type { Planned } from './planned-faults.ts';
import { type Scene, startsOf } from './scene.ts';
import { sceneOf, tryWith } from './trial.ts';

/** How many faults were tried, and what did not hold. */
export interface Tally {
  count: number;
  failures: string[];
}

/**
 * Every scene of an operation. With `power` an operation makes the calls that it makes with
 * `process` and syncs between them, so only from the clean start and only where it does.
 */
export async function* scenesOf(operation: Operation): AsyncGenerator<Scene> {
  for (const start of startsOf(operation)) yield await sceneOf(operation, start, 'process');
  const starts: readonly Start[] = isLong ? startsOf(operation) : ['clean'];
  for (const start of starts) {
    const scene = await sceneOf(operation, start, 'power');
    if (scene.calls.some(({ name }) => /sync$/.test(name))) yield scene;
  }
}

/**
 * Every single fault that fits in a scene: each call, each error, once and for ever. From another
 * start than the clean one the short form tries each call with one error of each kind, once.
 */
export function* faultsIn({ calls, start, durability }: Scene): Generator<Planned[]> {
  for (const call of calls) {
    if (!isLong && !isTriedIn(durability, call.name)) continue;
    if (!isLong && start !== 'clean') {
      for (const errno of fewErrnosFor(call)) yield [{ n: call.n, errno }];
      continue;
    }
    const lasting = lastingErrnosFor(call);
    for (const errno of errnosFor(call)) {
      yield [{ n: call.n, errno }];
      if (lasting.includes(errno)) yield [{ n: call.n, errno, forever: true }];
    }
  }
}

/** What `power` adds are syncs; all other calls were tried without them. */
function isTriedIn(durability: Durability, name: string): boolean {
  return durability === 'process' || /sync$|^open$/.test(name);
}

/** Tries all single faults of an operation, from every start. */
export async function tryEveryFault(operation: Operation): Promise<Tally> {
  const tally: Tally = { count: 0, failures: [] };
  for await (const scene of scenesOf(operation)) {
    for (const plan of faultsIn(scene)) {
      const { failure } = await tryWith(scene, plan);
      tally.count += 1;
      if (failure !== undefined) tally.failures.push(failure);
    }
  }
  return tally;
}
