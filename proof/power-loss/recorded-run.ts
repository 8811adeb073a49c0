/**
 * A sequence of operations, run once on a disk in memory, with everything that a crash during its last
 * operation may leave, and what has to be seen afterwards.
 */
import type { FilesOptions } from '../../src/backends/files/opened-store.ts';
import type { Change, MemoryDisk } from '../memory-disk/memory-disk.ts';
import { countsOf, type Expectation, expectationOf } from './expectation.ts';
import type { Operation } from './operations.ts';
import type { Pending, Persistence } from './persistence.ts';
import { type Prepared, START_NAMES, STARTS, type StartName } from './starts.ts';
import type { View } from './view.ts';

export type Durability = FilesOptions['durability'];

export interface Sequence {
  durability: Durability;
  start: StartName;
  operations: readonly Operation[];
}

/** A moment at which the power may fail. */
export interface PowerMoment {
  pending: Pending;
  expected: Expectation;
}

/** A moment at which the process may die; the disk is as it had made it. */
export interface DeathMoment {
  disk: MemoryDisk;
  expected: Expectation;
}

export interface RecordedRun {
  power: PowerMoment[];
  deaths: DeathMoment[];
}

/** What is promised at some moment: the first view that may be seen, and texts that have to be there. */
interface Promised {
  first: number;
  texts: ReadonlyMap<string, number>;
}

/** The name of a sequence, as a failure shows it. */
export function nameOf({ durability, start, operations }: Sequence): string {
  return `${durability}, ${start}: ${operations.map(({ name }) => name).join(', ')}`;
}

/** Every sequence of at most so many operations, from every start. */
export function sequences(
  durability: Durability,
  all: readonly Operation[],
  most: number,
): Sequence[] {
  let lists: Operation[][] = [[]];
  let longest = lists;
  for (let length = 1; length <= most; length++) {
    longest = longest.flatMap((list) => all.map((operation) => [...list, operation]));
    lists = [...lists, ...longest];
  }
  return START_NAMES.flatMap((start) =>
    lists.map((operations) => ({ durability, start, operations })),
  );
}

class Recording {
  readonly #disk: MemoryDisk;
  readonly #persistence: Persistence;
  readonly views: View[];
  readonly #power: { pending: Pending; promised: Promised; last: number }[] = [];
  readonly #deaths: { disk: MemoryDisk; acknowledged: number; last: number }[] = [];
  /** The operation that runs or ran last, counted as its view. */
  #last: number;
  #acknowledged: number;
  #promised: Promised;
  /** Only during the last operation: the ones before it are looked at in shorter sequences. */
  #looks = false;

  constructor({ disk, persistence, views, kept }: Prepared) {
    this.#disk = disk;
    this.#persistence = persistence;
    this.views = [...views];
    this.#last = views.length - 1;
    this.#acknowledged = this.#last;
    const now = views.at(-1) as View;
    this.#promised = kept
      ? { first: this.#last, texts: countsOf(now) }
      : { first: 0, texts: new Map() };
    disk.onChange = (change) => this.#take(change);
  }

  look(): void {
    this.#looks = true;
  }

  began(): void {
    this.#last += 1;
  }

  acknowledged(view: View, promise: Operation['promise'], durability: Durability): void {
    this.views.push(view);
    this.#acknowledged = this.#last;
    if (promise !== 'written' || durability !== 'power') return;
    const { texts } = this.#promised;
    const counts = [...countsOf(view)].filter(
      ([sessionId, count]) => texts.has(sessionId) || count > this.#countBefore(sessionId),
    );
    this.#promised = { first: this.#last, texts: new Map([...texts, ...counts]) };
  }

  end(): RecordedRun {
    this.#disk.onChange = undefined;
    this.#addPower();
    const { views } = this;
    return {
      power: this.#power.map(({ pending, promised: { first, texts }, last }) => ({
        pending,
        expected: expectationOf(views, first, last, texts),
      })),
      deaths: this.#deaths.map(({ disk, acknowledged, last }) => ({
        disk,
        expected: expectationOf(views, acknowledged, last, countsOf(views[acknowledged] as View)),
      })),
    };
  }

  #countBefore(sessionId: string): number {
    return this.views.at(-2)?.records.get(sessionId)?.length ?? 0;
  }

  #take(change: Change): void {
    if (change.kind === 'sync') this.#addPower();
    this.#persistence.take(change);
    if (!this.#looks || change.kind === 'sync') return;
    const [acknowledged, last] = [this.#acknowledged, this.#last];
    this.#deaths.push({ disk: this.#disk.copy(), acknowledged, last });
  }

  /** Until the next sync nothing is promised anew, so the moment before it stands for all since the last. */
  #addPower(): void {
    if (!this.#looks) return;
    const pending = this.#persistence.pending();
    this.#power.push({ pending, promised: this.#promised, last: this.#last });
  }
}

/** Runs a sequence; nothing when one of its operations does nothing where it stands. */
export async function record(sequence: Sequence): Promise<RecordedRun | undefined> {
  const { durability, operations } = sequence;
  const prepared = await STARTS[sequence.start](durability);
  const recording = new Recording(prepared);
  if (operations.length === 0) recording.look();
  const { store, backend, warnings } = await prepared.open();
  let fence: number | undefined;
  for (const [at, operation] of operations.entries()) {
    const before = recording.views.at(-1) as View;
    if (!operation.fits({ before, fence })) return undefined;
    if (at === operations.length - 1) recording.look();
    recording.began();
    const scene = { backend, store, before, fence, n: at + 5 };
    const view = await operation.run(scene);
    const over = before.told?.sessionId !== view.told?.sessionId && before.told !== undefined;
    fence = over ? undefined : scene.fence;
    recording.acknowledged(view, operation.promise, durability);
    await settle();
  }
  const run = recording.end();
  const odd = warnings.filter(({ code }) => code !== 'TORN_TAIL');
  if (odd.length > 0) throw new Error(`${nameOf(sequence)} warns: ${JSON.stringify(odd)}`);
  return run;
}

/** Work in the background goes on, as it does between two calls. */
async function settle(): Promise<void> {
  for (let round = 0; round < 12; round++) await new Promise((resolve) => setImmediate(resolve));
}
