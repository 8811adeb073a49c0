import { figure } from '../harness/figures.js';
import { median, ratioOf } from '../harness/statistics.js';

const FEW = 5_000;
const SYSTEMS = ['holdfast', 'sqlite-normal', 'lmdb', 'one-json-file', 'file-per-session'];

export const id = '7';
export const title = 'Listing';

export async function run(ctx) {
  const few = await listings(ctx, SYSTEMS, FEW);
  const { manySessions } = ctx.plan;
  const many =
    manySessions === FEW ? few : await listings(ctx, ['holdfast', 'sqlite-normal'], manySessions);
  const ms = (rounds, name, field) => median(rounds.map((round) => round[name][field]));
  const cold = (round) => round.holdfast.coldMs;
  const count = manySessions.toLocaleString('en');
  return {
    figures: [
      figure(
        '5,000 sessions, new process, against the better-sqlite3 query',
        ratioOf(few, cold, (r) => r['sqlite-normal'].coldMs),
        'x',
        { below: 1 },
      ),
      figure('5,000 sessions, again after a change', ms(few, 'holdfast', 'warmMs'), 'ms', {
        below: 5,
      }),
      figure(`${count} sessions, new process`, ms(many, 'holdfast', 'coldMs'), 'ms', {
        below: 1_000,
      }),
      figure(
        `${count} sessions, resident memory`,
        ms(many, 'holdfast', 'residentBytes') / 1e6,
        'MB',
        { below: 200 },
      ),
    ],
    tables: [
      { title: '5,000 sessions', lines: lines(few, SYSTEMS, ms) },
      { title: `${count} sessions`, lines: lines(many, ['holdfast', 'sqlite-normal'], ms) },
    ],
  };
}

async function listings(ctx, systems, sessions) {
  const stores = {};
  for (const system of systems) {
    stores[system] = await ctx.store(system, { sessions });
    // Once unmeasured: whoever saves a list has saved it now, whoever has a log has absorbed it.
    await listing(ctx, stores[system]);
  }
  return ctx.interleave(systems.map((system) => [system, () => listing(ctx, stores[system])]));
}

async function listing(ctx, store) {
  const { system, dir, sessions } = store;
  const warm = system === 'holdfast' || system === 'sqlite-normal';
  return ctx.account(store, await ctx.child('list', { system, dir, sessions, warm }));
}

function lines(rounds, systems, ms) {
  return systems.map((system) => ({
    system,
    coldMs: ms(rounds, system, 'coldMs'),
    warmMs: ms(rounds, system, 'warmMs'),
    residentMb: ms(rounds, system, 'residentBytes') / 1e6,
  }));
}
