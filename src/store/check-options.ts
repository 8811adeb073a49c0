import { type ErrorCode, HoldfastError } from '../model/errors.ts';
import { isPlainObject } from '../model/plain-object.ts';
import { shown } from '../model/text.ts';

/** Says what is wrong with the value of an option, or nothing. */
export type OptionCheck = (value: unknown) => { code: ErrorCode; why: string } | undefined;

/** The longest time that a timer can wait: 24 days. */
export const MS_MAX = 2_147_483_647;

/**
 * Refuses what is not a plain object, an option that does not exist (mostly a slip of the pen, which
 * would otherwise be a precondition that nobody checks) and a value of the wrong kind.
 */
export function checkOptions(
  given: object | undefined,
  checks: Readonly<Record<string, OptionCheck>>,
  what: string,
): void {
  if (given === undefined) return;
  if (!isPlainObject(given)) invalid(`The options of ${what} are not a plain object`);
  for (const name of Object.keys(given)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) {
      const known = Object.keys(checks).join(', ');
      invalid(`${what} has no option ${shown(name)}; it takes ${known || 'none'}`);
    }
    const value = given[name];
    const wrong = value === undefined ? undefined : check(value);
    if (wrong) throw new HoldfastError(wrong.code, `Option ${name} of ${what} ${wrong.why}.`);
  }
}

/** A whole number in a range: `INVALID_ENTRY` for another kind of value, `LIMIT_EXCEEDED` outside. */
export function whole(min: number, max: number = Number.MAX_SAFE_INTEGER): OptionCheck {
  return (value) => {
    if (!Number.isSafeInteger(value)) {
      return { code: 'INVALID_ENTRY', why: 'is not a whole number' };
    }
    if ((value as number) >= min && (value as number) <= max) return undefined;
    return { code: 'LIMIT_EXCEEDED', why: `is ${value}; it must be from ${min} to ${max}` };
  };
}

export const milliseconds: OptionCheck = whole(0, MS_MAX);

export const yesOrNo = kind('true or false', (value) => typeof value === 'boolean');
export const signal = kind('an AbortSignal', (value) => value instanceof AbortSignal);
export const aFunction = kind('a function', (value) => typeof value === 'function');
export const time = kind(
  'a date or milliseconds since the epoch',
  (value) => Number.isFinite(value) || (value instanceof Date && !Number.isNaN(value.getTime())),
);

/** A text that is shown to people and kept: bounded, so that no label becomes a burden. */
export function text(lengthMax: number): OptionCheck {
  return kind(
    `a text of 1 to ${lengthMax} characters`,
    (value) => typeof value === 'string' && value.length > 0 && value.length <= lengthMax,
  );
}

export function oneOf(...values: readonly string[]): OptionCheck {
  return kind(values.map((value) => `'${value}'`).join(' or '), (value) =>
    values.includes(value as string),
  );
}

/** A check that another module has, as it throws. */
export function asChecked(check: (value: unknown) => void): OptionCheck {
  return (value) => {
    check(value);
    return undefined;
  };
}

export function kind(name: string, is: (value: unknown) => boolean): OptionCheck {
  return (value) => (is(value) ? undefined : { code: 'INVALID_ENTRY', why: `is not ${name}` });
}

function invalid(why: string): never {
  throw new HoldfastError('INVALID_ENTRY', `${why}.`);
}
