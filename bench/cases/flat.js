import { figure, partUs, systemLine } from '../harness/figures.js';
import { ratioOf } from '../harness/statistics.js';

const PICKS = ['turns', 'uniform'];

export const id = '3';
export const title = 'Flat: the same call at 10, 1,000 and many sessions';

export async function run(ctx) {
  const sizes = [10, 1_000, ctx.plan.flatSessions];
  const most = ctx.plan.flatSessions;
  const stores = {};
  for (const sessions of sizes) stores[sessions] = await ctx.store('holdfast', { sessions });
  const entries = PICKS.flatMap((pick) =>
    sizes.map((sessions) => [`${sessions} ${pick}`, () => ctx.load(stores[sessions], { pick })]),
  );
  const rounds = await ctx.interleave(entries);
  const lost = {};
  for (const sessions of sizes) lost[sessions] = await ctx.lost(stores[sessions]);
  const p50 = (name) => (round) => partUs(round[name], 0.5);
  const growth = (pick) => ratioOf(rounds, p50(`${most} ${pick}`), p50(`10 ${pick}`));
  return {
    figures: [
      figure(`median at ${most.toLocaleString('en')} sessions against 10`, growth('turns'), 'x', {
        most: 1.2,
      }),
      figure(
        'uniform: every call another session, beyond the open descriptors',
        growth('uniform'),
        'x',
      ),
    ],
    tables: PICKS.map((pick) => ({
      title: pick === 'turns' ? 'five calls in a row' : 'uniform',
      lines: sizes.map((sessions) =>
        systemLine(
          'holdfast',
          rounds.map((round) => round[`${sessions} ${pick}`]),
          lost[sessions],
          `${sessions.toLocaleString('en')} sessions`,
        ),
      ),
    })),
  };
}
