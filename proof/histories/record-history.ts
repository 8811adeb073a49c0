/** Processes that call the same sessions while they are killed, stopped and lied to about the time. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { ProofChild } from '../frame/proof-child.ts';
import { quickPlace } from '../frame/quick-place.ts';
import { type Chance, chanceOf } from '../frame/run-facts.ts';
import type { HistorianPlan } from './historian-plan.ts';
import type { Call } from './history.ts';
import { HistoryFile } from './history-file.ts';

const LIFE_MS_MAX = 240_000;
const now = () => Number(process.hrtime.bigint() / 1_000n);

export interface Disturbance {
  processes: number;
  /** Calls of all processes together. */
  calls: number;
  sessions: number;
  kills: number;
  stops: number;
  stopMsMax: number;
}

export interface Recorded {
  directory: string;
  calls: number;
  kills: number;
  stops: number;
  /** The calls by session. */
  histories: Map<string, Call[]>;
  problems: string[];
}

/** Where one process is, whoever is it at the moment. */
interface Seat {
  name: string;
  notes: HistoryFile;
  child: ProofChild;
  start: number;
  /** When the process of each start was seen to be dead. */
  deaths: number[];
}

export async function recordHistory(
  program: string,
  seed: number,
  wanted: Disturbance,
): Promise<Recorded> {
  const directory = mkdtempSync(join(quickPlace(), 'holdfast-histories-'));
  const chance = chanceOf(seed);
  const keys = Array.from({ length: wanted.sessions }, (_, n) => `agent:main:chat:${seed}-${n}`);
  const problems: string[] = [];
  const start = (seat: Omit<Seat, 'child'>, calls: number): ProofChild => {
    const { name, notes } = seat;
    const store = join(directory, 'store');
    const plan = { directory: store, notes: notes.path, name, start: seat.start, keys, calls };
    const withSeed: HistorianPlan = { ...plan, seed: chance.below(2 ** 31) };
    return new ProofChild(program, withSeed, { lifeMsMax: LIFE_MS_MAX });
  };
  const share = Math.ceil(wanted.calls / wanted.processes);
  const seats = Array.from({ length: wanted.processes }, (_, n): Seat => {
    const notes = new HistoryFile(join(directory, `p${n}`));
    const seat = { name: `p${n}`, notes, start: 0, deaths: [] };
    return { ...seat, child: start(seat, share) };
  });
  let kills = 0;
  const one = async (seat: Seat) => {
    for (;;) {
      const { code, signal } = await seat.child.ended;
      seat.deaths[seat.start] = now();
      if (code === 0) return;
      if (signal !== 'SIGKILL' || seat.child.late) {
        problems.push(`${seat.name} ended by itself: ${seat.child.complaint}`);
        return;
      }
      seat.start += 1;
      seat.child = start(seat, Math.max(1, share - seat.notes.count()));
    }
  };
  const all = Promise.all(seats.map(one));
  const disturbed = disturb(seats, chance, wanted, () => {
    kills += 1;
  });
  await all;
  const stops = await disturbed;
  const histories = new Map(keys.map((key) => [key, [] as Call[]]));
  for (const { name, notes, deaths } of seats) notes.read(name, deaths, histories);
  const calls = callsOf(seats);
  return { directory, calls, kills, stops, histories, problems };
}

const callsOf = (seats: readonly Seat[]) =>
  seats.reduce((sum, { notes }) => sum + notes.count(), 0);

/** Kills and stops, each once so many more calls were made. Resolves to how often it stopped one. */
async function disturb(
  seats: readonly Seat[],
  chance: Chance,
  { calls, kills, stops, stopMsMax }: Disturbance,
  killed: () => void,
): Promise<number> {
  const due = [...Array<'kill'>(kills).fill('kill'), ...Array<'stop'>(stops).fill('stop')]
    .map((what) => ({ what, at: chance.below(Math.floor(calls * 0.9)) }))
    .sort((a, b) => a.at - b.at);
  let stopped = 0;
  for (const { what, at } of due) {
    while (callsOf(seats) < at) {
      if (seats.every(({ child }) => child.over)) return stopped;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const { child } = chance.pick(seats);
    if (child.over) continue;
    if (what === 'kill') {
      child.kill();
      killed();
    } else {
      child.stopFor(chance.below(stopMsMax));
      stopped += 1;
    }
  }
  return stopped;
}
