/**
 * The answers that are allowed: those of the memory back end, which does one step after the other, in
 * any order in which the steps could have taken place. A step that was over when another one began
 * comes before it; a step that its process did not live to see the end of may have taken place or not.
 */
import { openMemory } from '../../src/backends/memory/open-memory.ts';
import type { World } from '../../src/backends/memory/world.ts';
import type { Backend } from '../../src/contract/backend.ts';
import type { End } from './explore.ts';
import { outcomeOf, type Peer, type Step, viewOf } from './steps.ts';

export interface Lives {
  /** Done by a process that is gone before the others begin; `dies` inside what it held. */
  readonly before: { readonly steps: readonly Step[]; readonly dies?: boolean };
  readonly warm: readonly (readonly Step[])[];
  readonly steps: readonly (readonly Step[])[];
}

interface Played {
  outcomes: unknown[];
  view: unknown;
}

interface Place {
  readonly process: number;
  readonly step: number;
}

let names = 0;
let ids = 0;

/** Waits that are over at once pass; nobody comes to the end of any other. */
const world: World = {
  now: () => 0,
  newId: () => {
    ids += 1;
    return `id-${ids}`;
  },
  after(ms, call) {
    let over = ms > 0;
    setImmediate(() => {
      if (!over) call();
    });
    return () => {
      over = true;
    };
  },
};

const WAITS = Symbol('waits');

/** Comes after everything that does not wait. */
async function settled(): Promise<typeof WAITS> {
  for (let round = 0; round < 4; round++) await new Promise((resolve) => setImmediate(resolve));
  return WAITS;
}

/** Finds out whether an end is one that could have come about one step at a time. */
export class OneAtATime {
  readonly #lives: Lives;
  readonly #answers = new Map<string, Played | undefined>();

  constructor(lives: Lives) {
    this.#lives = lives;
  }

  async allows({ outcomes, died, began }: End, view: unknown): Promise<boolean> {
    const done = this.#lives.steps.map((_, process) => outcomes[process]?.length ?? 0);
    const counts = done.map((count, process) => {
      const maybe = process === died && count < (began[process]?.length ?? 0);
      return maybe ? [count, count + 1] : [count];
    });
    const wanted = JSON.stringify(view);
    for (const taken of combinations(counts)) {
      // A death is a last step of its process: it frees what was held.
      const all = died === undefined ? taken : taken.with(died, (taken[died] ?? 0) + 1);
      for (const order of ordersOf(all, began)) {
        const answer = await this.#answer(order, died, all);
        if (!answer || JSON.stringify(answer.view) !== wanted) continue;
        const fits = order.every(({ process, step }, at) => {
          if (step >= (done[process] ?? 0)) return true;
          return JSON.stringify(answer.outcomes[at]) === JSON.stringify(outcomes[process]?.[step]);
        });
        if (fits) return true;
      }
    }
    return false;
  }

  async #answer(order: readonly Place[], died: number | undefined, taken: readonly number[]) {
    const name = JSON.stringify([order, died, taken]);
    if (!this.#answers.has(name)) {
      const death = died === undefined ? -1 : (taken[died] as number) - 1;
      this.#answers.set(name, await this.#play(order, died, death));
    }
    return this.#answers.get(name);
  }

  /** Nothing when a step would have to wait for one that comes later. */
  async #play(
    order: readonly Place[],
    died: number | undefined,
    death: number,
  ): Promise<Played | undefined> {
    const { before, warm, steps } = this.#lives;
    names += 1;
    const name = `one at a time ${names}`;
    const open = (): Backend => openMemory(name, world);
    const first: Peer = { backend: open() };
    for (const step of before.steps) await outcomeOf(step, first);
    if (before.dies) await first.backend.close();
    const peers: Peer[] = steps.map(() => ({ backend: open() }));
    for (const [process, peer] of peers.entries()) {
      for (const step of warm[process] ?? []) await outcomeOf(step, peer);
    }
    const outcomes: unknown[] = [];
    for (const { process, step } of order) {
      const peer = peers[process] as Peer;
      const doing =
        process === died && step === death
          ? peer.backend.close()
          : outcomeOf(steps[process]?.[step] as Step, peer);
      const outcome = await Promise.race([doing, settled()]);
      if (outcome === WAITS) return undefined;
      outcomes.push(outcome);
    }
    return { outcomes, view: await viewOf(open()) };
  }
}

function* combinations(counts: readonly (readonly number[])[]): Generator<number[]> {
  const [first, ...rest] = counts;
  if (!first) return yield [];
  for (const count of first) for (const others of combinations(rest)) yield [count, ...others];
}

/** Orders of the first so many steps of each process that agree with what was over when each began. */
function* ordersOf(
  taken: readonly number[],
  began: End['began'],
  so: readonly Place[] = [],
  at: readonly number[] = taken.map(() => 0),
): Generator<readonly Place[]> {
  if (at.every((step, process) => step === taken[process])) return yield so;
  for (const [process, step] of at.entries()) {
    if (step === taken[process]) continue;
    const over = began[process]?.[step] ?? [];
    if (over.some((count, other) => (at[other] as number) < Math.min(count, taken[other] ?? 0)))
      continue;
    yield* ordersOf(taken, began, [...so, { process, step }], at.with(process, step + 1));
  }
}
