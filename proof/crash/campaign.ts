/** Writers that are killed and started again, and what is left of their work. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ProofChild } from '../frame/proof-child.ts';
import { type Chance, chanceOf } from '../frame/run-facts.ts';
import { mutantOfEnvironment } from '../mutants/mutation.ts';
import { OwnModel } from './own-model.ts';
import type { Report } from './programs/checker.ts';
import { callsOf, sharedProblems } from './shared-oracle.ts';
import { notesOf } from './witness.ts';
import type { CheckPlan, WriterPlan } from './writer-plan.ts';

/** Longer than any process of the campaign lives. */
const LIFE_MS_MAX = 60_000;
/** Calls that a writer makes before it is killed. More: fewer kills a second. Fewer: nothing to lose. */
const CALLS_MAX = 80;
/** What it is left besides, so that it dies in the middle of anything. */
const REST_MS_MAX = 12;
const OLD_SECONDS = 7_200;
const TEMPORARY = /\.tmp-[0-9a-f]{32}$/;
const SHARED = {
  counted: 'agent:main:slack:channel:counted',
  restored: 'agent:main:slack:channel:restored',
  removed: 'agent:main:telegram:group:removed',
};
const ownOf = (name: string) => `agent:main:own:${name}`;

export interface Programs {
  writer: string;
  checker: string;
}

/** What one round reached. */
export interface Round {
  kills: number;
  acknowledged: number;
  folds: number;
  /** Old temp files that lay beside a blob, as dead writers leave them. */
  planted: number;
  problems: string[];
  /** Kept where there are problems. */
  directory: string;
}

/** Kills `writers` writers `kills` times on one store, and lets a fresh process look at the rest. */
export async function runRound(
  programs: Programs,
  seed: number,
  { writers, kills, place }: { writers: number; kills: number; place: string },
): Promise<Round> {
  const directory = mkdtempSync(join(place, 'holdfast-crash-'));
  const round: Round = { kills: 0, acknowledged: 0, folds: 0, planted: 0, problems: [], directory };
  mkdirSync(join(directory, 'notes'));
  const names = Array.from({ length: writers }, (_, n) => `w${n}`);
  const one = (name: string, n: number) =>
    keepKilling(programs, round, kills, name, chanceOf(seed + n * 7_919));
  const aging = setInterval(() => ageTemporaries(round), 200);
  try {
    await Promise.all(names.map(one));
  } finally {
    clearInterval(aging);
  }
  if (round.problems.length === 0) await look(programs, round, names);
  // A mutant's victims are of no use to anybody.
  if (round.problems.length === 0 || mutantOfEnvironment()) {
    rmSync(directory, { recursive: true, force: true });
  }
  return round;
}

const storeOf = ({ directory }: Round) => join(directory, 'store');
const witnessOf = ({ directory }: Round, name: string) => join(directory, 'notes', name);

/** One place of a writer: whoever has it is killed, and the next one takes it. */
async function keepKilling(
  programs: Programs,
  round: Round,
  kills: number,
  name: string,
  chance: Chance,
): Promise<void> {
  for (let start = 0; round.kills < kills && round.problems.length === 0; start += 1) {
    const power = chance.below(8) === 0;
    const plan: WriterPlan = {
      directory: storeOf(round),
      witness: witnessOf(round, name),
      name,
      start,
      seed: chance.below(2 ** 31),
      shared: SHARED,
      own: ownOf(name),
      options: {
        durability: power ? 'power' : 'process',
        openFilesMax: chance.pick([16, 20, 128]),
      },
      textMax: chance.pick([20, 2_000, 16_000, 90_000]),
      // Each of its calls waits for a disk.
      callsToSay: 1 + chance.below(power ? CALLS_MAX / 10 : CALLS_MAX),
      closesFirst: chance.below(10) === 0,
    };
    const child = new ProofChild(programs.writer, plan, { lifeMsMax: LIFE_MS_MAX });
    // Now and then it does not even come to the end of its opening.
    const opens = chance.below(8) > 0;
    if (opens) await child.says('worked');
    await new Promise((resolve) => setTimeout(resolve, chance.below(opens ? REST_MS_MAX : 150)));
    child.kill();
    const { signal } = await child.ended;
    round.kills += 1;
    if (signal !== 'SIGKILL' || child.late) {
      round.problems.push(`writer ${name} ended by itself: ${child.complaint}`);
    }
  }
}

async function look(programs: Programs, round: Round, names: readonly string[]): Promise<void> {
  const keys = [...Object.values(SHARED), ...names.map(ownOf)];
  round.folds += foldsIn(storeOf(round));
  const path = join(round.directory, 'report.json');
  const plan: CheckPlan = { directory: storeOf(round), keys, report: path };
  const checker = new ProofChild(programs.checker, plan, { lifeMsMax: LIFE_MS_MAX });
  const { code } = await checker.ended;
  if (code !== 0) {
    round.problems.push(`the next opening failed: ${checker.complaint}`);
    return;
  }
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const old = temporariesIn(storeOf(round)).filter((name) => /tmp-0{20}/.test(name));
  if (old.length > 0) round.problems.push(`${old.length} old temp files were not swept`);
  round.problems.push(...report.damage);
  const there = report.sessions.filter(({ state }) => state !== null);
  const rows = there.map(({ key, state }) => `${key} ${state?.rev}`).sort();
  const listed = report.listed.map(({ key, rev }) => `${key} ${rev}`).sort();
  if (rows.join() !== listed.join()) round.problems.push(`${listed} is listed, ${rows} is there`);
  const calls = [];
  for (const name of names) {
    if (!existsSync(witnessOf(round, name))) continue;
    const notes = notesOf(witnessOf(round, name));
    calls.push(...callsOf(name, notes));
    round.problems.push(...ownProblems(ownOf(name), notes, report));
  }
  round.acknowledged += calls.filter(({ ack }) => ack).length;
  for (const found of report.sessions) {
    if (Object.values(SHARED).includes(found.key)) {
      const restores = found.key !== SHARED.counted;
      round.problems.push(...sharedProblems(calls, found, restores));
    }
  }
}

function ownProblems(key: string, notes: ReturnType<typeof notesOf>, report: Report): string[] {
  const model = new OwnModel();
  const own = new Set<string>();
  for (const note of notes) {
    if ('key' in note && note.key === key && note.what === 'try') own.add(note.try);
    if (note.what === 'begin' || own.has(note.try)) model.take(note);
  }
  const found = report.sessions.find((each) => each.key === key);
  const [active, ...archived] = found?.conversations ?? [];
  const { state } = found ?? {};
  const archives = archived.map(({ sessionId }) => sessionId);
  model.check(
    state && active
      ? { ...state, n: (state.entry.n ?? 0) as number, ids: active.ids, archives }
      : null,
  );
  for (const { sessionId, ids } of archived) {
    const known = model.archived(sessionId);
    if (known?.join() !== ids.join()) {
      model.problems.push(`archive ${sessionId} has ${ids.length} records, not ${known?.length}`);
    }
  }
  return model.problems.map((problem) => `${key}: ${problem}`);
}

function sessionFolders(store: string): string[] {
  const sessions = join(store, 'agents/main/sessions/sessions.d');
  if (!existsSync(sessions)) return [];
  return readdirSync(sessions).map((name) => join(sessions, name));
}

/** How often the logs that are there now were folded. */
function foldsIn(store: string): number {
  let folds = 0;
  for (const folder of sessionFolders(store)) {
    const generations = readdirSync(folder).map((name) => /^meta\.(\d+)\.jsonl$/.exec(name)?.[1]);
    folds += Math.max(1, ...generations.map((one) => Number(one ?? 1))) - 1;
  }
  return folds;
}

/**
 * As if hours had gone by: temp files of dead writers beside blobs and journals are old, and one
 * more lies beside a blob, cut off in the middle. The next opening sweeps them.
 */
function ageTemporaries(round: Round): void {
  const base = join(storeOf(round), 'agents/main/sessions');
  const then = Date.now() / 1_000 - OLD_SECONDS;
  for (const part of ['blobs', 'changes']) {
    const directory = join(base, part);
    if (!existsSync(directory)) continue;
    for (const name of readdirSync(directory)) {
      if (!TEMPORARY.test(name)) continue;
      const path = join(directory, name);
      const facts = statSync(path, { throwIfNoEntry: false });
      const age = facts && (Date.now() - facts.mtimeMs) / 1_000;
      // What is younger may belong to a writer that lives.
      if (age !== undefined && age > 1) makeOld(path, then);
    }
  }
  const blobs = join(base, 'blobs');
  const blob = existsSync(blobs) && readdirSync(blobs).find((name) => name.endsWith('.json'));
  if (!blob) return;
  round.planted += 1;
  const path = join(blobs, `${blob}.tmp-${String(round.planted).padStart(32, '0')}`);
  writeFileSync(path, '{"n":');
  utimesSync(path, then, then);
}

/** A writer that has just been started may have swept it since it was looked at. */
function makeOld(path: string, then: number): void {
  try {
    utimesSync(path, then, then);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
}

function temporariesIn(store: string): string[] {
  const blobs = join(store, 'agents/main/sessions/blobs');
  return existsSync(blobs) ? readdirSync(blobs).filter((name) => TEMPORARY.test(name)) : [];
}
