/**
 * Prints the table of all acceptance facts.
 *
 *     npm run acceptance                     builds, runs every test and proof, prints the table
 *     npm run acceptance -- --results FILE   reads vitest's JSON results instead of running them;
 *                                            may be given several times
 *
 * Ends with 1 when a fact failed, when a title has an unknown id, or when the tests could not run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { factsOf, judge, readResults, strangeIds } from './acceptance-facts.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Lines of a failure's message that are printed. */
const WHY_LINES = 4;
const SIGNS = { passed: 'passed     ', failed: 'FAILED     ', 'not covered': 'not covered' };

/** Runs the tests and the proofs and reads vitest's results; their own output goes to the terminal. */
function runAll() {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-acceptance-'));
  const files = ['test', 'proof'].map((script) => {
    const file = join(directory, `${script}.json`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    spawnSync('npm', ['run', script, '--', ...reporters], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    return file;
  });
  try {
    return readResults(files);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The tests of a fact that failed, each with the first line of why: nobody has to look for them elsewhere. */
function printFailures(id) {
  for (const { file, title, messages, ids } of tests.filter(({ status }) => status === 'failed')) {
    if (!ids.includes(id)) continue;
    console.log(`             ${relative(ROOT, file)}: ${title}`);
    const lines = messages.join('\n').split('\n').filter(Boolean);
    for (const line of lines.slice(0, WHY_LINES)) console.log(`               ${line}`);
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
    if (failed > 0) printFailures(id);
  }
}

const { values } = parseArgs({ options: { results: { type: 'string', multiple: true } } });
const { tests, counts } = values.results ? readResults(values.results) : runAll();
const facts = factsOf(readFileSync(join(ROOT, 'docs/acceptance.md'), 'utf8'));
const rows = judge(facts, tests);
printTable(rows);

const count = (outcome) => rows.filter((row) => row.outcome === outcome).length;
const strange = strangeIds(facts, tests);
console.log('');
if (strange.length > 0) console.log(`Unknown ids in titles: ${strange.join(', ')}`);
console.log(`${counts.passed} tests passed, ${counts.failed} failed, ${counts.other} skipped.`);
console.log(
  `${rows.length} facts: ${count('passed')} passed, ${count('failed')} failed, ${count('not covered')} not covered.`,
);
process.exitCode = count('failed') > 0 || strange.length > 0 || tests.length === 0 ? 1 : 0;
