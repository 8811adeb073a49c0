import { figure, partUs, systemLine } from '../../harness/figures.js';
import { median, ratioOf } from '../../harness/statistics.js';

export const id = 'p3';
export const title = 'Flat: a page of the list and an update at 1,000 and at many sessions';

export async function run(ctx) {
  const many = ctx.plan.manySessions;
  const stores = {};
  for (const sessions of [1_000, many]) {
    stores[sessions] = await ctx.store('holdfast-postgres', { sessions });
  }
  const rounds = await ctx.interleave(
    [1_000, many].flatMap((sessions) => [
      [`update ${sessions}`, () => ctx.load(stores[sessions], { call: 'patch', pick: 'uniform' })],
      [`page ${sessions}`, () => ctx.child('first-page', stores[sessions])],
    ]),
  );
  const p50 = (name) => (round) => partUs(round[name], 0.5);
  const page = (name) => (round) => round[name].ms;
  const goal = { most: 1.3 };
  const size = many.toLocaleString('en');
  return {
    figures: [
      figure(
        `a list page at ${size} sessions against 1,000`,
        ratioOf(rounds, page(`page ${many}`), page('page 1000')),
        'x',
        goal,
      ),
      figure(
        `the median update at ${size} sessions against 1,000`,
        ratioOf(rounds, p50(`update ${many}`), p50('update 1000')),
        'x',
        goal,
      ),
      figure('a list page of 100 rows', median(rounds.map(page(`page ${many}`))), 'ms'),
    ],
    tables: [
      {
        title: 'updates, every call another session',
        lines: [1_000, many].map((sessions) =>
          systemLine(
            'holdfast-postgres',
            rounds.map((round) => round[`update ${sessions}`]),
            undefined,
            `${sessions.toLocaleString('en')} sessions`,
          ),
        ),
      },
    ],
  };
}
