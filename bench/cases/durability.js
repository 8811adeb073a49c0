import { figure, perSecond, systemLine, together } from '../harness/figures.js';
import { ratioOf } from '../harness/statistics.js';

const SYSTEMS = ['holdfast-power', 'sqlite-full'];
const PROCESSES = [1, 4];

export const id = '5';
export const title = "Durability 'power': what is acknowledged survives power loss";

export async function run(ctx) {
  const stores = {};
  for (const system of SYSTEMS) stores[system] = await ctx.store(system, { sessions: 1_000 });
  const entries = PROCESSES.flatMap((processes) =>
    SYSTEMS.map((system) => [
      `${system} ${processes}`,
      async () => together(await ctx.loadTogether(stores[system], processes)),
    ]),
  );
  const rounds = await ctx.interleave(entries);
  const lost = {};
  for (const system of SYSTEMS) lost[system] = await ctx.lost(stores[system]);
  const speed = (processes) =>
    ratioOf(
      rounds,
      (round) => perSecond(round[`holdfast-power ${processes}`]),
      (round) => perSecond(round[`sqlite-full ${processes}`]),
    );
  return {
    figures: [
      figure('updates a second against better-sqlite3 FULL, 1 process', speed(1), 'x', {
        least: 1,
      }),
      figure('updates a second against better-sqlite3 FULL, 4 processes', speed(4), 'x', {
        least: 1,
      }),
    ],
    tables: PROCESSES.map((processes) => ({
      title: `${processes} ${processes === 1 ? 'process' : 'processes'}`,
      chart: `to the disk ('power', FULL), ${processes} ${processes === 1 ? 'process' : 'processes'}`,
      lines: SYSTEMS.map((system) =>
        systemLine(
          system,
          rounds.map((round) => round[`${system} ${processes}`]),
          lost[system],
        ),
      ),
    })),
  };
}
