/**
 * Prints the table of all acceptance facts.
 *
 *     npm run acceptance                     builds, runs every test, prints the table
 *     npm run acceptance -- --results FILE   reads vitest's JSON results instead of running tests
 *
 * Ends with 1 when a fact failed, when a title has an unknown id, or when the tests could not run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { countsOf, factsOf, judge, strangeIds, testsOf } from './acceptance-facts.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SIGNS = { passed: 'passed     ', failed: 'FAILED     ', 'not covered': 'not covered' };

/** Runs `npm test` and returns vitest's results; its own output goes to the terminal. */
function runTests() {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-acceptance-'));
  const file = join(directory, 'results.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    spawnSync('npm', ['test', '--', ...reporters], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function printTable(rows) {
  let section = '';
  for (const { id, title, outcome, passed, failed } of rows) {
    const next = id.split('.')[0];
    if (next !== section) console.log('');
    section = next;
    const count = passed + failed === 0 ? '' : ` (${passed + failed})`;
    console.log(`${SIGNS[outcome]}  ${id.padEnd(6)}  ${title}${count}`);
  }
}

const { values } = parseArgs({ options: { results: { type: 'string' } } });
const results = values.results ? JSON.parse(readFileSync(values.results, 'utf8')) : runTests();
const facts = factsOf(readFileSync(join(ROOT, 'docs/acceptance.md'), 'utf8'));
const tests = testsOf(results);
const rows = judge(facts, tests);
printTable(rows);

const count = (outcome) => rows.filter((row) => row.outcome === outcome).length;
const strange = strangeIds(facts, tests);
const all = countsOf(results);
console.log('');
if (strange.length > 0) console.log(`Unknown ids in titles: ${strange.join(', ')}`);
console.log(`${all.passed} tests passed, ${all.failed} failed, ${all.other} skipped.`);
console.log(
  `${rows.length} facts: ${count('passed')} passed, ${count('failed')} failed, ${count('not covered')} not covered.`,
);
process.exitCode = count('failed') > 0 || strange.length > 0 || tests.length === 0 ? 1 : 0;
