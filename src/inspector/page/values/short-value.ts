import { safeLine } from '../text/safe-text.ts';

const SHOWN_MAX = 160;

/** A value on one line; `–` where there is none. */
export function shortValue(value: unknown): string {
  if (value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return safeLine(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
}
