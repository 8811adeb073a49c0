import { readFileSync, writeFileSync } from 'node:fs';
import { amount } from './figures.js';
import { machineLine } from './machine.js';
import { goal, verdict } from './terminal.js';

const CHART =
  '![Updates a second of Holdfast and its peers, on a logarithmic scale](bench/results/latest.svg)';
const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/** Puts the table of goals and the chart between the two markers of a README, and nothing else. */
export function writeReadmeRegion(path, results) {
  const text = readFileSync(path, 'utf8');
  const from = text.indexOf(START);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${path} has no region ${START} ... ${END}`);
  const region = `${START}\n${regionText(results)}\n${END}`;
  writeFileSync(path, text.slice(0, from) + region + text.slice(to + END.length));
}

export function regionText({ date, quick, rounds, machine, cases }) {
  const rows = cases.flatMap(({ title, figures = [] }) =>
    figures
      .filter((figure) => figure.goal !== undefined)
      .map(
        (figure, i) =>
          `| ${i === 0 ? title : ''} | ${figure.what} | ${amount(figure.value, figure.unit)} | ` +
          `${goal(figure)} | ${figure.met ? 'met' : `**${verdict(figure).toLowerCase()}**`} |`,
      ),
  );
  const chart = cases.some(({ tables = [] }) => tables.some((table) => table.chart !== undefined));
  return [
    ...(chart ? [CHART, ''] : []),
    '| Case | What | Figure | Goal | |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `Measured ${date.slice(0, 10)} by \`npm run bench${options(quick, chart)}\` on ${machineLine(machine)}.`,
    `Ratios are medians over ${rounds} interleaved rounds of one run; [bench/README.md](${chart ? '' : '../'}bench/README.md) says how each number is made.`,
  ].join('\n');
}

function options(quick, files) {
  const given = [...(files ? [] : ['--postgres']), ...(quick ? ['--quick'] : [])];
  return given.length === 0 ? '' : ` -- ${given.join(' ')}`;
}
