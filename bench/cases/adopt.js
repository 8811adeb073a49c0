import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { figure } from '../harness/figures.js';
import { median, ratioOf } from '../harness/statistics.js';
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
  const rounds = await ctx.interleave([
    ['read', read],
    ['adopt', () => adoption(ctx, source, sessions)],
  ]);
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
  return {
    figures: [figure('against reading the same bytes once', ratio, 'x', { most: 3 })],
    tables: [{ title: `${sessions.toLocaleString('en')} sessions`, lines }],
  };
}

/** Each time a copy that nobody has taken over yet. */
async function adoption(ctx, source, sessions) {
  const dir = join(ctx.root, 'openclaw-adopted');
  cpSync(source, dir, { recursive: true });
  try {
    const result = await ctx.child('adopt', { dir, sessions });
    ctx.sawBlock(result.blockMs);
    return result;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
