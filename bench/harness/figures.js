import { SYSTEMS } from '../systems/index.js';
import { median, merge, quantile } from './statistics.js';

/**
 * One figure of the table. `goal` is `{ least }`, `{ most }` or `{ below }`; without one the figure
 * is there for information.
 */
export function figure(what, value, unit, goal, detail) {
  return {
    what,
    value,
    unit,
    ...(goal && { goal, met: meets(value, goal) }),
    ...(detail && { detail }),
  };
}

function meets(value, { least, most, below }) {
  if (!Number.isFinite(value)) return false;
  if (least !== undefined) return value >= least;
  return most !== undefined ? value <= most : value < below;
}

export function goalText({ least, most, below }, unit) {
  if (least !== undefined) return `at least ${amount(least, unit)}`;
  return most !== undefined ? `at most ${amount(most, unit)}` : `below ${amount(below, unit)}`;
}

/** A number with as many digits as it deserves, and its unit. */
export function amount(value, unit) {
  if (!Number.isFinite(value)) return 'not measured';
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  const text = value.toLocaleString('en', { maximumFractionDigits: digits });
  return unit === 'x' ? `${text}x` : `${text} ${unit}`;
}

/** Microseconds a call takes, everything counted that happens between two calls. */
export const costUs = (result) => (result.wallMs / result.calls) * 1e3;

export const perSecond = (result) => (result.calls / result.wallMs) * 1e3;

/** Processes that worked together, as one result. */
export function together(results) {
  return {
    calls: results.reduce((sum, result) => sum + result.calls, 0),
    wallMs: Math.max(...results.map((result) => result.wallMs)),
    blockMs: Math.max(...results.map((result) => result.blockMs)),
    sorted: merge(results.map((result) => result.sorted)),
  };
}

export const partUs = (result, part) => quantile(result.sorted, part) * 1e3;

/** What one system showed over all rounds, as a line of a case's own table. */
export function systemLine(system, results, lost, title = SYSTEMS[system].title) {
  return {
    system,
    title,
    perSecond: median(results.map(perSecond)),
    p50Us: median(results.map((result) => partUs(result, 0.5))),
    p99Us: median(results.map((result) => partUs(result, 0.99))),
    worstMs: Math.max(...results.map((result) => result.sorted.at(-1) ?? 0)),
    // Of processes that worked together there is none of its own.
    ...(results[0].firstUs !== undefined && {
      firstUs: median(results.map(({ firstUs }) => firstUs)),
    }),
    ...(lost !== undefined && { lost }),
  };
}
