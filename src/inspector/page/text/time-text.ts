/** Moments and ages as people read them. All moments are milliseconds since the epoch. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A whole span in its largest unit: `12s`, `5m`, `3h`, `12d`, `2y`. */
export function span(ms: number): string {
  const value = Math.max(0, ms);
  if (value < MINUTE) return `${Math.floor(value / SECOND)}s`;
  if (value < HOUR) return `${Math.floor(value / MINUTE)}m`;
  if (value < DAY) return `${Math.floor(value / HOUR)}h`;
  const days = Math.floor(value / DAY);
  return days < 730 ? `${days}d` : `${Math.floor(days / 365)}y`;
}

/** A span that is looked at while it grows: `4s`, `2m 05s`, `3h 12m`. */
export function runningSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h ${two(minutes % 60)}m` : `${Math.floor(hours / 24)}d`;
}

/** How long ago: `now`, `3h ago`; `in 3h` when a clock stands elsewhere. */
export function ago(moment: number, now: number): string {
  // Two machines' clocks differ by some seconds as a rule; that is not worth telling.
  if (moment > now + 2_000) return `in ${span(moment - now)}`;
  return now - moment < SECOND ? 'now' : `${span(now - moment)} ago`;
}

/** A moment in local time: `2026-02-26 09:00:01`. */
export function dateTime(moment: number): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return String(moment);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${clockTime(moment)}`;
}

/** The time of day alone: `09:00:01`. */
export function clockTime(moment: number): string {
  const at = new Date(moment);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
