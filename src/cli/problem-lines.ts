import type { Problem } from '../contract/reports.ts';
import type { Output } from './output.ts';
import { safeLine } from './safe-text.ts';

/** A problem as people read it: what and where first, then what it means and what to do. */
export function problemLines(problem: Problem, { colors }: Output): string[] {
  const { severity, code, key, path, range, message, remedy } = problem;
  const paint = severity === 'damage' ? colors.red : colors.yellow;
  const lines = [`${paint(severity)}  ${code}${key === undefined ? '' : `  ${safeLine(key)}`}`];
  if (path !== undefined) {
    const bytes = range === undefined ? '' : `, bytes ${range.from} to ${range.to}`;
    lines.push(`  at      ${safeLine(path)}${bytes}`);
  }
  lines.push(`  what    ${safeLine(message)}`, `  remedy  ${safeLine(remedy)}`);
  return lines;
}

/** `1 problem`, `3 problems`; `many` for words that take no `s`. */
export function counted(count: number, what: string, many = `${what}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? what : many}`;
}
