/**
 * `npm run coverage`: the tests on the built package, every process of the run watched by V8, and a
 * table of what they covered of the source. Fails when a test fails, and below the thresholds. Words
 * after it go to vitest; `--missed` before them lists the lines that were not run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coverageOf, neverLoaded } from '../proof/coverage/report.js';

const LINES_MIN = 95;
const BRANCHES_MIN = 90;

const root = fileURLToPath(new URL('..', import.meta.url));
const words = process.argv.slice(2);
const showsMissed = words[0] === '--missed';
if (showsMissed) words.shift();

function run(program, args, env = {}) {
  const path = join(root, 'node_modules', program);
  const options = { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } };
  return spawnSync(process.execPath, [path, ...args], options).status ?? 1;
}

function sum(files, what) {
  const covered = files.reduce((all, file) => all + file[what].covered, 0);
  const total = files.reduce((all, file) => all + file[what].total, 0);
  return { covered, total, percent: total === 0 ? 100 : (covered / total) * 100 };
}

function shown({ covered, total, percent }) {
  return `${percent.toFixed(1).padStart(5)} % ${`${covered} of ${total}`.padEnd(14)}`;
}

/** One row a directory, and the sum of all. */
function printTable(covered) {
  const parts = new Map();
  for (const file of covered) {
    const part = file.path.split('/').slice(0, -1).join('/') || 'src';
    parts.set(part, [...(parts.get(part) ?? []), file]);
  }
  const wide = Math.max(...[...parts.keys()].map((part) => part.length));
  console.log(`\n${'covered'.padEnd(wide)}  ${'lines'.padEnd(22)}  branches`);
  for (const [part, files] of [...parts, ['all', covered]]) {
    const [lines, branches] = [sum(files, 'lines'), sum(files, 'branches')];
    console.log(`${part.padEnd(wide)}  ${shown(lines)}  ${shown(branches)}`.trimEnd());
  }
}

function printMissed(covered) {
  for (const { path, missed } of covered) {
    if (missed.length > 0) console.log(`src/${path}: ${missed.join(', ')}`);
  }
}

/** What is wrong with the figures, in words. */
function complaints(covered) {
  const wrong = neverLoaded(covered).map((path) => `src/${path} was never run`);
  const lines = sum(covered, 'lines').percent;
  const branches = sum(covered, 'branches').percent;
  if (lines < LINES_MIN) wrong.push(`lines are below ${LINES_MIN} %`);
  if (branches < BRANCHES_MIN) wrong.push(`branches are below ${BRANCHES_MIN} %`);
  return wrong;
}

const work = mkdtempSync(join(tmpdir(), 'holdfast-coverage-'));
try {
  // Maps are made beside the package, which stays as its users get it.
  const maps = join(work, 'maps');
  const compiled = run('typescript/bin/tsc', [
    '-p',
    'tsconfig.build.json',
    '--sourceMap',
    '--outDir',
    maps,
  ]);
  if (compiled !== 0) throw new Error('The source does not compile.');
  const dumps = join(work, 'dumps');
  const config = join(root, 'proof/coverage/vitest.config.ts');
  const tested = run('vitest/vitest.mjs', ['run', '--config', config, ...words], {
    NODE_V8_COVERAGE: dumps,
  });
  const covered = await coverageOf(dumps, maps);
  if (showsMissed) printMissed(covered);
  printTable(covered);
  const wrong = complaints(covered);
  if (tested !== 0) wrong.push('tests failed');
  for (const why of wrong) console.error(why);
  process.exitCode = wrong.length > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true });
}
