import Table from 'cli-table3';
import { SYSTEMS } from '../systems/index.js';
import { amount, goalText } from './figures.js';

/** Columns of a case's own table: title, and how a line shows it. */
const COLUMNS = [
  ['a second', (line) => count(line.perSecond)],
  ['p50', (line) => time(line.p50Us)],
  ['p99', (line) => time(line.p99Us)],
  ['worst', (line) => time(line.worstMs * 1e3)],
  ['first call', (line) => time(line.firstUs)],
  ['lost', (line) => (line.lost === undefined ? undefined : count(line.lost))],
  ['new process', (line) => time(line.coldMs * 1e3)],
  ['again', (line) => time(line.warmMs * 1e3)],
  ['memory', (line) => unit(line.residentMb, 'MB')],
  ['bytes', (line) => count(line.bytes)],
  ['longest block', (line) => time(line.blockMs * 1e3)],
];

/** What a case found, for a terminal. */
export function caseText({ id, title, seconds, figures = [], tables = [], error }) {
  const parts = [`\n${id}. ${title} (${seconds} s)`];
  if (error !== undefined) return [...parts, `   failed: ${error}`].join('\n');
  parts.push(figureTable(figures.map((figure) => [figure, ''])));
  for (const table of tables) parts.push(`   ${table.title}`, lineTable(table.lines));
  return parts.join('\n');
}

/** All figures that have a goal, over all cases. */
export function summaryText(cases) {
  const rows = cases.flatMap(({ id, figures = [] }) =>
    figures.filter(({ goal }) => goal !== undefined).map((figure) => [figure, id]),
  );
  return figureTable(rows);
}

function figureTable(rows) {
  const table = new Table({ head: ['what', 'figure', 'goal', ''], style: plain });
  for (const [figure, id] of rows) {
    const what = `${id && `${id}: `}${figure.what}`;
    table.push([what, amount(figure.value, figure.unit), goal(figure), verdict(figure)]);
  }
  return table.toString();
}

export const goal = (figure) => (figure.goal ? goalText(figure.goal, figure.unit) : '');

export const verdict = ({ met }) => (met === undefined ? '' : met ? 'met' : 'MISSED');

const titleOf = ({ title, system }) => title ?? SYSTEMS[system].title;

/** Lines of a case's own table as rows of text, without the columns that nothing stands in. */
export function lineRows(lines) {
  const used = COLUMNS.filter(([, show]) => lines.some((line) => show(line) !== undefined));
  return {
    head: ['', ...used.map(([title]) => title)],
    rows: lines.map((line) => [titleOf(line), ...used.map(([, show]) => show(line) ?? '')]),
  };
}

function lineTable(lines) {
  const { head, rows } = lineRows(lines);
  const colAligns = head.map((_, i) => (i === 0 ? 'left' : 'right'));
  const table = new Table({ head, colAligns, style: plain });
  table.push(...rows);
  return table.toString();
}

const plain = { head: [], border: [] };

const count = (value) =>
  Number.isFinite(value) ? Math.round(value).toLocaleString('en') : undefined;

const unit = (value, name) => (Number.isFinite(value) ? amount(value, name) : undefined);

function time(us) {
  if (!Number.isFinite(us)) return undefined;
  if (us < 1_000) return amount(us, 'us');
  return us < 1e6 ? amount(us / 1e3, 'ms') : amount(us / 1e6, 's');
}
