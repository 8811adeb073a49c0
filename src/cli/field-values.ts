import { CommandError } from './command-error.ts';

/**
 * Reads `field=value` arguments as a patch. The field is everything before the first `=`, dots
 * included; the value is JSON when it is valid JSON and a string otherwise, so `n=3` is a number,
 * `on=true` a boolean, `x=null` removes the field, and `n='"3"'` is a string. A whole number that a
 * JavaScript number can not hold exactly stays a string: ids of 19 digits are common.
 */
export function patchOf(assignments: readonly string[]): Record<string, unknown> {
  const fields = assignments.map((assignment): [string, unknown] => {
    const equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new CommandError('USAGE', `"${assignment}" is not of the form field=value.`, {
        remedy: 'For example: holdfast set <key> model=opus tokens=120 \'tags=["a","b"]\'',
      });
    }
    return [assignment.slice(0, equals), parsedValue(assignment.slice(equals + 1))];
  });
  refuseTwice(fields.map(([field]) => field));
  return Object.fromEntries(fields);
}

/** The patch that removes fields. */
export function removalOf(fields: readonly string[]): Record<string, null> {
  refuseTwice(fields);
  if (fields.includes('')) {
    throw new CommandError('USAGE', 'A field has no name.', {
      remedy: 'Name the fields to remove.',
    });
  }
  return Object.fromEntries(fields.map((field) => [field, null]));
}

function parsedValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** A value as {@link patchOf} would read it back: a string as it is unless that would be JSON. */
export function valueArgument(value: unknown): string {
  const plain = typeof value === 'string' && parsedValue(value) === value;
  return plain ? value : JSON.stringify(value);
}

function refuseTwice(fields: readonly string[]): void {
  const twice = fields.find((field, index) => fields.indexOf(field) !== index);
  if (twice === undefined) return;
  throw new CommandError('USAGE', `The field "${twice}" is given twice.`, {
    remedy: 'Give each field once.',
  });
}
