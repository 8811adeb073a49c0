/**
 * `npm run docs:proof`: writes what the long form of the proofs reached into docs/guarantees.md,
 * between its two markers, from proof/results/*.long.json.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const RESULTS = new URL('../proof/results/', import.meta.url);
const PAGE = new URL('../docs/guarantees.md', import.meta.url);
const PLACE = /(<!-- proof:start -->\n)[\s\S]*(<!-- proof:end -->)/;

const count = new Intl.NumberFormat('en-US');

/** One row of the table; a proof writes several figures into one file. */
function rowsOf(name) {
  const { date, commit, rows } = JSON.parse(readFileSync(new URL(name, RESULTS), 'utf8'));
  const proof = name.replace('.long.json', '');
  return rows.map((row) => {
    const found = Object.entries(row.found).map(([what, n]) => `${count.format(n)} ${what}`);
    const time =
      row.seconds < 90 ? `${Math.round(row.seconds)} s` : `${Math.round(row.seconds / 60)} min`;
    const runs = row.runs > 1 ? ` in ${row.runs} runs` : '';
    return `| ${proof} | ${count.format(row.count)} ${row.what}${runs} | ${found.join(', ')} | ${time} | ${date}, ${commit} |`;
  });
}

const files = readdirSync(RESULTS)
  .filter((name) => name.endsWith('.long.json'))
  .sort();
const machines = files.map(
  (name) => JSON.parse(readFileSync(new URL(name, RESULTS), 'utf8')).machine,
);
const table = [
  `On ${[...new Set(machines)].join('; ')}:`,
  '',
  '| proof | tried | found | time | when |',
  '|---|---|---|---|---|',
  ...files.flatMap(rowsOf),
  '',
].join('\n');
const page = readFileSync(PAGE, 'utf8');
if (!PLACE.test(page)) throw new Error('docs/guarantees.md has no place for the table.');
writeFileSync(PAGE, page.replace(PLACE, `$1${table}$2`));
