import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [options]
  --quick        shorter rounds and fewer of them, under 3 minutes in all
  --only 1,3     only these cases
  --readme       put the table and the chart of this run into README.md
  --dir <path>   where the stores are made (default: the directory for temporary files)
  --rounds <n>   instead of 5, or of 3 with --quick
  --postgres     what lies on a PostgreSQL server, instead of files: a server is started and ended
  --seed <n>     of the random picks (default 20260117)
`;

const FULL = {
  rounds: 5,
  warmMs: 400,
  measureMs: 1_500,
  flatSessions: 20_000,
  manySessions: 100_000,
  bigTranscriptMb: 300,
};
/** Making 100,000 sessions alone takes minutes on a common disk. */
const QUICK = {
  rounds: 3,
  warmMs: 80,
  measureMs: 220,
  flatSessions: 5_000,
  manySessions: 5_000,
  bigTranscriptMb: 300,
};

/** What a run does: sizes, rounds, and which cases. */
export function readOptions(args, cases) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      readme: { type: 'boolean', default: false },
      dir: { type: 'string' },
      postgres: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seed: { type: 'string', default: '20260117' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.readme && values.only !== undefined) {
    throw new Error('--readme shows a whole run: leave out --only');
  }
  const known = cases(values.postgres);
  const only = values.only?.split(',').map((id) => id.trim());
  const unknown = only?.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new Error(`--only: there is no case ${unknown}, only ${known.join(', ')}`);
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) throw new Error(`--seed: ${values.seed} is no whole number`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds: ${values.rounds} is no number of rounds`);
  return {
    ...(values.quick ? QUICK : FULL),
    ...(rounds !== undefined && { rounds }),
    quick: values.quick,
    only,
    postgres: values.postgres,
    readme: values.readme,
    dir: values.dir,
    help: values.help,
    seed,
  };
}
