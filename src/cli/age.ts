/** Times as people type and read them on a command line. */
import { CommandError } from './command-error.ts';

const UNIT_MS = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

const AGE = /^(\d{1,9})([smhdw])$/;
const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * The moment that a text names: so long before now (`90s`, `15m`, `2h`, `3d`, `1w`), or an ISO date
 * or time (without a zone: local time; a date alone: its beginning, in local time).
 *
 * @returns milliseconds since the epoch
 */
export function momentOf(text: string, now: number): number {
  const age = AGE.exec(text);
  if (age !== null) return now - Number(age[1]) * UNIT_MS[age[2] as keyof typeof UNIT_MS];
  if (DATE.test(text)) {
    // A date alone would be read as UTC, a time without a zone as local: both are local here.
    const moment = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
    if (!Number.isNaN(moment)) return moment;
  }
  throw new CommandError('USAGE', `"${text}" is not a time.`, {
    remedy: 'Give an age such as 90s, 15m, 2h, 3d or 1w, or a date such as 2026-02-26T09:00.',
  });
}

/** A whole span in its largest unit: `12s`, `5m`, `3h`, `12d`, `2y`. */
export function spanOf(ms: number): string {
  const span = Math.max(0, ms);
  if (span < UNIT_MS.m) return `${Math.floor(span / UNIT_MS.s)}s`;
  if (span < UNIT_MS.h) return `${Math.floor(span / UNIT_MS.m)}m`;
  if (span < UNIT_MS.d) return `${Math.floor(span / UNIT_MS.h)}h`;
  const days = Math.floor(span / UNIT_MS.d);
  return days < 730 ? `${days}d` : `${Math.floor(days / 365)}y`;
}

/** How long ago a moment was, or `in 3h` when a clock stands elsewhere. */
export function ageOf(moment: number, now: number): string {
  // Two machines' clocks differ by some seconds as a rule; that is not worth telling.
  return moment > now + 2_000 ? `in ${spanOf(moment - now)}` : spanOf(now - moment);
}

/** The same as part of a sentence: `3h ago`, `in 3h`. */
export function agoOf(moment: number, now: number): string {
  const age = ageOf(moment, now);
  return age.startsWith('in ') ? age : `${age} ago`;
}

/** A moment in local time: `2026-02-26 09:00:01`. */
export function timeOf(moment: number): string {
  return `${dayOf(moment)} ${clockOf(moment)}`;
}

export function dayOf(moment: number): string {
  const at = new Date(moment);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function clockOf(moment: number): string {
  const at = new Date(moment);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
