/**
 * `npm run proof:stryker -- model`: the mutation score of a part of the source, after Stryker has
 * changed every operator, condition and literal of it, one at a time. Fails below the threshold.
 * What was tried before and did not change since is not tried again. More words are files of the part.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PARTS, resultsOf } from '../proof/stryker/parts.js';

const SCORE_MIN = 85;
/** Stryker takes this number for its own limits: more only makes its mutants wait for each other. */
const AT_ONCE = process.env.HOLDFAST_STRYKER_AT_ONCE ?? '2';
const root = fileURLToPath(new URL('..', import.meta.url));
const [part = '', ...files] = process.argv.slice(2);

function run(program, args, env = {}) {
  const options = { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } };
  const { status } = spawnSync(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}.`);
}

/** Counts of a report, and the mutants that nobody noticed. */
function scoreOf({ files: reported }) {
  const all = Object.entries(reported).flatMap(([file, { mutants }]) =>
    mutants.map((mutant) => ({ file, ...mutant })),
  );
  const of = (...states) => all.filter(({ status }) => states.includes(status));
  const killed = of('Killed', 'Timeout').length;
  const alive = of('Survived', 'NoCoverage');
  return { killed, alive, score: (killed / (killed + alive.length)) * 100 };
}

if (!PARTS[part]) {
  console.error(`Say which part: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}
if (!existsSync(`${root}proof/stryker/node_modules`)) {
  run('npm', ['--prefix', 'proof/stryker', 'ci', '--no-audit', '--no-fund']);
}
const stryker = 'proof/stryker/node_modules/@stryker-mutator/core/bin/stryker.js';
run(process.execPath, [stryker, 'run', 'proof/stryker/stryker.config.js'], {
  HOLDFAST_STRYKER_PART: part,
  HOLDFAST_STRYKER_AT_ONCE: AT_ONCE,
  ...(files.length > 0 && { HOLDFAST_STRYKER_FILES: files.join(',') }),
});
const { killed, alive, score } = scoreOf(JSON.parse(readFileSync(resultsOf(part).report, 'utf8')));
for (const { file, location, mutatorName, replacement, status } of alive) {
  const line = `${file}:${location.start.line}:${location.start.column}`;
  const text = (replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, 80);
  console.log(`${line}  ${mutatorName}  ${text}${status === 'NoCoverage' ? '  (never run)' : ''}`);
}
console.log(`${part}: ${killed} of ${killed + alive.length} mutants killed, ${score.toFixed(1)} %`);
if (score < SCORE_MIN) {
  console.error(`At least ${SCORE_MIN} % are asked for.`);
  process.exitCode = 1;
}
