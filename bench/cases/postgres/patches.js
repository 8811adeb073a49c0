import { figure, perSecond, systemLine, together } from '../../harness/figures.js';
import { ratioOf } from '../../harness/statistics.js';

const PATCHED = ['holdfast-postgres', 'postgres-column', 'postgres-column-prepared'];
const UPDATED = ['holdfast-postgres', 'postgres-column', 'chat-state', 'langgraph-saver'];

export const id = 'p1';
export const title = 'Patches and updates of 1,000 sessions, from 1 and from 4 processes';

export async function run(ctx) {
  const stores = {};
  for (const system of new Set([...PATCHED, ...UPDATED])) {
    stores[system] = await ctx.store(system, { sessions: 1_000 });
  }
  const entries = [];
  for (const processes of [1, 4]) {
    for (const system of PATCHED) {
      const load = () => ctx.loadTogether(stores[system], processes, { call: 'patch' });
      entries.push([`${system} ${processes}`, async () => together(await load())]);
    }
  }
  for (const system of UPDATED) {
    const load = () => ctx.loadTogether(stores[system], 4, { call: 'update' });
    entries.push([`${system} update`, async () => together(await load())]);
  }
  const rounds = await ctx.interleave(entries);
  const against = (processes, other) =>
    ratioOf(
      rounds,
      (round) => perSecond(round[`holdfast-postgres ${processes}`]),
      (round) => perSecond(round[`${other} ${processes}`]),
    );
  const lines = (systems, what) =>
    systems.map((system) =>
      systemLine(
        system,
        rounds.map((round) => round[`${system} ${what}`]),
      ),
    );
  return {
    figures: [1, 4].flatMap((processes) => [
      figure(
        `patches a second against the bare update, ${processes === 1 ? 'one process' : '4 processes'}`,
        against(processes, 'postgres-column'),
        'x',
        { least: 0.85 },
      ),
      figure(
        'against the bare update, prepared',
        against(processes, 'postgres-column-prepared'),
        'x',
      ),
    ]),
    tables: [
      { title: 'patches, one process', lines: lines(PATCHED, 1) },
      { title: 'patches, 4 processes', lines: lines(PATCHED, 4) },
      { title: 'updates by a function of the entry, 4 processes', lines: lines(UPDATED, 'update') },
    ],
  };
}
