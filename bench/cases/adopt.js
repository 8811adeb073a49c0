import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { figure } from '../harness/figures.js';
import { median, ratioOf } from '../harness/statistics.js';
import { hasImport } from '../jobs/import-openclaw.js';
import { makeStateDir } from '../load/state-dir.js';

const SESSIONS = 5_000;

export const id = '9';
export const title = 'Taking over 5,000 sessions of OpenClaw with their transcripts';

export async function run(ctx) {
  const sessions = SESSIONS;
  const source = join(ctx.root, 'openclaw');
  ctx.note(`making a state directory of ${sessions} sessions`);
  makeStateDir(source, sessions);
  const read = () => ctx.child('read-once', { dir: source });
  await read();
  const entries = [
    ['read', read],
    ['adopt', () => onCopy(ctx, source, 'adopt', sessions)],
  ];
  const beside = hasImport();
  if (beside) entries.push(['import', () => onCopy(ctx, source, 'import-openclaw', sessions)]);
  const rounds = await ctx.interleave(entries);
  const ms = (name) => median(rounds.map((round) => round[name].ms));
  const mb = (name) => median(rounds.map((round) => round[name].residentBytes)) / 1e6;
  const ratio = ratioOf(
    rounds,
    (round) => round.adopt.ms,
    (round) => round.read.ms,
  );
  const bytes = rounds[0].read.bytes / 1e6;
  const lines = [
    {
      title: `reading its ${bytes.toFixed(0)} MB once`,
      coldMs: ms('read'),
      residentMb: mb('read'),
    },
    { title: 'adopt', coldMs: ms('adopt'), residentMb: mb('adopt') },
  ];
  const figures = [figure('against reading the same bytes once', ratio, 'x', { most: 3 })];
  if (beside) {
    lines.push({ title: 'the import of OpenClaw 2026.9.6', coldMs: ms('import') });
    const against = ratioOf(
      rounds,
      (round) => round.adopt.ms,
      (round) => round.import.ms,
    );
    figures.push(figure('against the import of OpenClaw 2026.9.6', against, 'x'));
  }
  return {
    figures,
    tables: [{ title: `${sessions.toLocaleString('en')} sessions`, lines }],
  };
}

/** Each time a copy that nobody has taken over yet. */
async function onCopy(ctx, source, job, sessions) {
  const dir = join(ctx.root, 'openclaw-adopted');
  cpSync(source, dir, { recursive: true });
  try {
    const result = await ctx.child(job, { dir, sessions });
    ctx.sawBlock(result.blockMs);
    return result;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
