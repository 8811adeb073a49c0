import { costUs, figure, perSecond, systemLine } from '../harness/figures.js';
import { median, ratioOf } from '../harness/statistics.js';

const APPENDERS = [
  'holdfast',
  'sqlite-normal',
  'lmdb',
  'append-open-close',
  'raw-append',
  'empty-loop',
];
const LAST = 50;

export const id = '6';
export const title = 'Transcripts: append of 300 bytes, and the last 50 records';

export async function run(ctx) {
  const appends = await appendRounds(ctx);
  const tails = await tailRounds(ctx);
  return {
    figures: [...appends.figures, ...tails.figures],
    tables: [appends.table],
  };
}

async function appendRounds(ctx) {
  const stores = {};
  for (const system of APPENDERS) {
    stores[system] = await ctx.store(system, { sessions: 1_000, name: 'appends' });
  }
  const call = 'append';
  const rounds = await ctx.interleave([
    ...APPENDERS.map((system) => [system, () => ctx.load(stores[system], { call })]),
    ['holdfast, one session', () => ctx.load(stores.holdfast, { call, pick: 'same' })],
  ]);
  const lines = [];
  for (const system of APPENDERS) {
    const results = rounds.map((round) => round[system]);
    lines.push(systemLine(system, results, await ctx.lost(stores[system], 'records')));
  }
  const own = (name) => (round) => costUs(round[name]) - costUs(round['empty-loop']);
  const cost = (name) => ratioOf(rounds, own(name), own('raw-append'));
  const speed = ratioOf(
    rounds,
    (r) => perSecond(r.holdfast),
    (r) => perSecond(r['sqlite-normal']),
  );
  return {
    figures: [
      figure('append: cost against the raw append', cost('holdfast'), 'x', { most: 8 }),
      figure(
        'append to one session only: cost against the raw append',
        cost('holdfast, one session'),
        'x',
      ),
      figure('appends a second against better-sqlite3 NORMAL', speed, 'x'),
    ],
    table: { title: 'append of 300 bytes, five in a row', lines },
  };
}

async function tailRounds(ctx) {
  const { bigTranscriptMb } = ctx.plan;
  const store = await ctx.store('holdfast', { sessions: 10, name: 'tails' });
  const { system, dir } = store;
  const keys = { small: 'agent:main:tails:direct:1', big: 'agent:main:tails:direct:2' };
  const sizes = { small: 1, big: bigTranscriptMb };
  for (const [name, key] of Object.entries(keys)) {
    ctx.note(`making a transcript of ${sizes[name]} MB`);
    await ctx.child('fill-transcript', { system, dir, key, megabytes: sizes[name] });
  }
  const rounds = await ctx.interleave(
    Object.entries(keys).map(([name, key]) => [
      `last ${LAST} records, ${sizes[name]} MB`,
      async () =>
        ctx.account(store, await ctx.child('last-records', { system, dir, key, count: LAST })),
    ]),
  );
  const [small, big] = Object.keys(rounds[0]);
  const firstMs = (name) => (round) => round[name].firstMs;
  const againMs = (name) => (round) => round[name].againMs;
  const detail = [small, big]
    .map((name) => `${name}: ${median(rounds.map(firstMs(name))).toFixed(2)} ms`)
    .join(', ');
  return {
    figures: [
      figure(
        `last ${LAST} records of ${bigTranscriptMb} MB against 1 MB, new process`,
        ratioOf(rounds, firstMs(big), firstMs(small)),
        'x',
        { most: 2 },
        detail,
      ),
      figure(
        `last ${LAST} records of ${bigTranscriptMb} MB against 1 MB, again`,
        ratioOf(rounds, againMs(big), againMs(small)),
        'x',
      ),
    ],
  };
}
