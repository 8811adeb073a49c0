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
  /** How often the server of the sessions is killed and comes up again. */
  restarts?: number;
}

/** Where the sessions of a history are. */
export interface Place {
  /** What a process opens. */
  location(process: string): string;
  /** Resolves when nothing is under way any more that a process, now dead, had asked for. */
  settled(process: string): Promise<void>;
  /** Kills the server and starts it again. */
  restart?(): Promise<void>;
}

export interface Recorded {
  directory: string;
  calls: number;
  kills: number;
  stops: number;
  restarts: number;
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
  /** Its share of the calls is made, or it ended in a way that it should not have. */
  through: boolean;
  /** When the process of each start was seen to be dead. */
  deaths: number[];
}

export async function recordHistory(
  program: string,
  seed: number,
  wanted: Disturbance,
  at?: Place,
): Promise<Recorded> {
  const directory = mkdtempSync(join(quickPlace(), 'holdfast-histories-'));
  const place = at ?? { location: () => join(directory, 'store'), settled: async () => undefined };
  const chance = chanceOf(seed);
  const keys = Array.from({ length: wanted.sessions }, (_, n) => `agent:main:chat:${seed}-${n}`);
  const problems: string[] = [];
  const start = (seat: Omit<Seat, 'child'>, calls: number): ProofChild => {
    const { name, notes } = seat;
    const store = place.location(`${name}.${seat.start}`);
    const plan = { directory: store, notes: notes.path, name, start: seat.start, keys, calls };
    const withSeed: HistorianPlan = { ...plan, seed: chance.below(2 ** 31) };
    return new ProofChild(program, withSeed, { lifeMsMax: LIFE_MS_MAX });
  };
  const share = Math.ceil(wanted.calls / wanted.processes);
  const seats = Array.from({ length: wanted.processes }, (_, n): Seat => {
    const notes = new HistoryFile(join(directory, `p${n}`));
    const seat = { name: `p${n}`, notes, start: 0, through: false, deaths: [] };
    return { ...seat, child: start(seat, share) };
  });
  const one = async (seat: Seat) => {
    for (;;) {
      const { code, signal } = await seat.child.ended;
      await place.settled(`${seat.name}.${seat.start}`);
      seat.deaths[seat.start] = now();
      const killed = signal === 'SIGKILL' && !seat.child.late;
      if (code !== 0 && !killed) {
        problems.push(`${seat.name} ended by itself: ${seat.child.complaint}`);
      }
      seat.through = !killed;
      if (seat.through) return;
      seat.start += 1;
      seat.child = start(seat, Math.max(1, share - seat.notes.count()));
    }
  };
  const all = Promise.all(seats.map(one));
  const disturbed = disturb(seats, chance, wanted, place);
  await all;
  const done = await disturbed;
  const histories = new Map(keys.map((key) => [key, [] as Call[]]));
  for (const { name, notes, deaths } of seats) notes.read(name, deaths, histories);
  const calls = callsOf(seats);
  return { directory, calls, ...done, histories, problems };
}

const callsOf = (seats: readonly Seat[]) =>
  seats.reduce((sum, { notes }) => sum + notes.count(), 0);

/** Kills, stops and restarts, each once so many more calls were made; how many there were of each. */
async function disturb(
  seats: readonly Seat[],
  chance: Chance,
  { calls, stopMsMax, ...wanted }: Disturbance,
  place: Place,
): Promise<Pick<Recorded, 'kills' | 'stops' | 'restarts'>> {
  const done = { kills: 0, stops: 0, restarts: 0 };
  const due = (Object.keys(done) as (keyof typeof done)[])
    .flatMap((what) => Array<typeof what>(wanted[what] ?? 0).fill(what))
    .map((what) => ({ what, at: chance.below(Math.floor(calls * 0.9)) }))
    .sort((a, b) => a.at - b.at);
  for (const { what, at } of due) {
    let alive = seats.filter(({ child }) => !child.over);
    // A process that was killed a moment ago has not been started again yet.
    while (callsOf(seats) < at || alive.length === 0) {
      if (seats.every(({ through }) => through)) return done;
      await new Promise((resolve) => setTimeout(resolve, 2));
      alive = seats.filter(({ child }) => !child.over);
    }
    const { child } = chance.pick(alive);
    if (what === 'restarts') await place.restart?.();
    else if (what === 'kills') child.kill();
    else child.stopFor(chance.below(stopMsMax));
    done[what] += 1;
  }
  return done;
}
