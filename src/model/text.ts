/** Rules and display of text that comes from outside: keys, ids, labels. */

const LONE_SURROGATE = /\p{Surrogate}/u;
const CONTROL = /\p{Control}/u;

/** Whether every surrogate has its partner, so that UTF-8 can hold the text and give it back. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** Whether the text has a control character: such text can not be shown, logged or typed. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

/** At most `max` UTF-16 units of the text, never half of a surrogate pair. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

/** A quoted, escaped and shortened form of any value, safe for a message or a terminal. */
export function shown(value: unknown, max = 80): string {
  if (typeof value !== 'string') return value === null ? 'null' : `a value of type ${typeof value}`;
  const cut = cutText(value, max);
  const escaped = JSON.stringify(cut).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return cut.length === value.length ? escaped : `${escaped}... (${value.length} characters)`;
}
