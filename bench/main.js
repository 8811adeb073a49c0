import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PostgresServer } from '../scripts/postgres-server.js';
import { CASES } from './cases/index.js';
import { POSTGRES_CASES } from './cases/postgres/index.js';
import { chartOf } from './harness/chart.js';
import { machineLine, machineOf } from './harness/machine.js';
import { readOptions, USAGE } from './harness/options.js';
import { writeReadmeRegion } from './harness/readme-region.js';
import { Run } from './harness/run.js';
import { caseText, summaryText } from './harness/terminal.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// An interrupted run must still end its children and remove what it made.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const plan = planOrUsage();
if (plan?.help) process.stdout.write(USAGE);
else if (plan) process.exitCode = await main();

function planOrUsage() {
  try {
    return readOptions(process.argv.slice(2), (postgres) =>
      (postgres ? POSTGRES_CASES : CASES).map(({ id }) => id),
    );
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

async function main() {
  if (!existsSync(here('../dist/index.js'))) {
    process.stderr.write('The package is not built: run `npm run build` first.\n');
    return 1;
  }
  const root = mkdtempSync(join(plan.dir ?? tmpdir(), 'holdfast-bench-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const machine = machineOf(root);
  say(`${machineLine(machine)}\nseed ${plan.seed}${plan.quick ? ', quick' : ''}\n`);
  const { quick, rounds, seed } = plan;
  const results = { date: new Date().toISOString(), quick, rounds, seed, machine };
  const server = plan.postgres ? await PostgresServer.start() : undefined;
  results.cases = await runCases(new Run(plan, root, progress, server?.url));
  await server?.stop();
  progress('');
  say(`\nAll goals\n${summaryText(results.cases)}\n`);
  keep(results);
  progress('removing what was made');
  await rm(root, { recursive: true, force: true });
  return results.cases.some(({ error }) => error !== undefined) ? 1 : 0;
}

async function runCases(run) {
  const found = [];
  for (const { id, title, run: measure } of plan.postgres ? POSTGRES_CASES : CASES) {
    if (plan.only !== undefined && !plan.only.includes(id)) continue;
    const begin = performance.now();
    run.beginCase(id);
    // One case that fails is said and counted; the others are worth having all the same.
    const outcome = await measure(run).catch((error) => ({ error: error?.stack ?? String(error) }));
    found.push({ id, title, seconds: Math.round((performance.now() - begin) / 1e3), ...outcome });
    progress('');
    say(`${caseText(found.at(-1))}\n`);
  }
  return found;
}

/** A run of some cases only is shown, and kept beside the whole one, never in its place. */
function keep(results) {
  const whole = plan.postgres ? 'postgres' : 'latest';
  const name = plan.only === undefined ? whole : 'partial';
  const folder = here('results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
  const caption = `${results.date.slice(0, 10)}, ${machineLine(results.machine)}`;
  if (!plan.postgres) writeFileSync(join(folder, `${name}.svg`), chartOf(results.cases, caption));
  const page = plan.postgres ? '../docs/postgres.md' : '../README.md';
  if (plan.readme) writeReadmeRegion(here(page), results);
}

function say(text) {
  process.stdout.write(text);
}

/** Where the run is, on one line of a terminal. */
function progress(text) {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
}
