/** Numbers and sizes as people read them. */

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Bytes, by thousands as disks count: `512 B`, `1.2 KB`, `340 MB`. */
export function byteSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // From 999.5 on a value would be rounded to four digits.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** A whole number with its thousands set apart: `100,000`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A number with its noun, which takes an `s` for any other number than one. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A rate: one digit behind the point while it is small. */
export function rate(value: number): string {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : count(value);
}

/** A short span with the precision that matters: `0.42 ms`, `12 ms`, `3.1 s`, `4 min`. */
export function duration(ms: number): { value: string; unit: string } {
  if (ms < 10) return { value: ms.toFixed(ms === 0 ? 0 : 2), unit: 'ms' };
  if (ms < 1_000) return { value: ms.toFixed(0), unit: 'ms' };
  if (ms < 60_000) return { value: (ms / 1_000).toFixed(1), unit: 's' };
  return { value: (ms / 60_000).toFixed(ms < 600_000 ? 1 : 0), unit: 'min' };
}

/** The same as one text. */
export function durationText(ms: number): string {
  const { value, unit } = duration(ms);
  return `${value} ${unit}`;
}
