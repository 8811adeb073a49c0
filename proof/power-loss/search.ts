/** Runs all sequences and every crash of them, and counts what became of it. */
import { type Chance, chanceOf } from '../frame/run-facts.ts';
import { CrashStates } from './crash-states.ts';
import { OPERATIONS } from './operations.ts';
import {
  type Durability,
  nameOf,
  type RecordedRun,
  record,
  type Sequence,
  sequences,
} from './recorded-run.ts';
import { type Care, type Outcome, recover } from './recover.ts';

export interface Searched {
  sequences: number;
  /** Sequences of which every state was looked at; of the others, as many as there was room for. */
  whole: number;
  states: number;
  deaths: number;
  /** The first line of a session was lost before anything of it was promised, and that was told. */
  told: number;
  broken: string[];
  /** Sequences that were not begun because time was up. */
  late: number;
}

/** Of so many states, one is looked at with more care, and of so many one with all of it. */
const STORE_EVERY = 4;
const ALL_EVERY = 16;
const BROKEN_SHOWN_MAX = 5;

/** Looks at `states` states of sequences of at most `length` operations, for so long at most. */
export async function search(
  durability: Durability,
  length: number,
  states: number,
  seed: number,
  secondsMax: number,
): Promise<Searched> {
  const searched = newSearch();
  const all = shuffled(sequences(durability, OPERATIONS, length), chanceOf(seed));
  const until = performance.now() + secondsMax * 1_000;
  for (const [at, sequence] of all.entries()) {
    if (performance.now() > until) {
      searched.late = all.length - at;
      break;
    }
    const run = await record(sequence);
    if (!run) continue;
    searched.sequences += 1;
    const most = Math.ceil((states - searched.states) / (all.length - at));
    await searchOne(searched, sequence, run, Math.max(8, most), seed + at + 1);
    if (searched.broken.length >= BROKEN_SHOWN_MAX) return searched;
  }
  return searched;
}

export function newSearch(): Searched {
  return { sequences: 0, whole: 0, states: 0, deaths: 0, told: 0, broken: [], late: 0 };
}

/** Looks at every death in one run, and at so many states that a power loss may leave. */
export async function searchOne(
  searched: Searched,
  sequence: Sequence,
  run: RecordedRun,
  states: number,
  seed: number,
): Promise<void> {
  await loseProcess(searched, sequence, run);
  await losePower(searched, sequence, run, states, chanceOf(seed));
}

async function loseProcess(searched: Searched, sequence: Sequence, run: RecordedRun) {
  for (const [at, { disk, expected }] of run.deaths.entries()) {
    searched.deaths += 1;
    const care = careOf(at);
    const bystander = sequence.start !== 'nothing';
    const outcome = await recover({ disk, expected, rebooted: false, care, bystander });
    count(searched, outcome, `${nameOf(sequence)}, killed after change ${at}`, false);
  }
}

async function losePower(
  searched: Searched,
  sequence: Sequence,
  run: RecordedRun,
  most: number,
  chance: Chance,
) {
  let given = 0;
  let whole = true;
  for (const [at, { pending, expected }] of run.power.entries()) {
    const room = Math.ceil((most - given) / (run.power.length - at));
    const crash = new CrashStates(pending, chance, new Set());
    for (const { disk, missing } of crash.states(Math.max(4, room))) {
      given += 1;
      const care = careOf(given);
      const bystander = sequence.start !== 'nothing';
      const outcome = await recover({ disk, expected, rebooted: true, care, bystander });
      count(
        searched,
        outcome,
        `${nameOf(sequence)}, power lost at moment ${at} without ${missing}`,
        true,
      );
      if (searched.broken.length >= BROKEN_SHOWN_MAX) return;
    }
    whole &&= crash.all;
  }
  searched.states += given;
  if (whole) searched.whole += 1;
}

function careOf(at: number): Care {
  if (at % ALL_EVERY === 0) return 'all';
  return at % STORE_EVERY === 0 ? 'store' : 'session';
}

function count(searched: Searched, outcome: Outcome, where: string, mayBeTold: boolean): void {
  if (outcome.kind === 'told' && mayBeTold) searched.told += 1;
  else if (outcome.kind === 'told') searched.broken.push(`${where}: it is damaged`);
  else if (outcome.kind === 'broken') searched.broken.push(`${where}: ${outcome.why}`);
}

function shuffled<T>(items: readonly T[], chance: Chance): T[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at--) {
    const other = chance.below(at + 1);
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all;
}
