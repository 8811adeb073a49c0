/** Why a line can not follow; told as damage with the range of the line. */
export class LineRefused extends TypeError {}

/** More than a store accepts, with room for what holds an entry; `JSON.stringify` fails at some thousands. */
const LEVELS_MAX = 200;

/**
 * Freezes what `JSON.parse` made, all the way down. A part that is frozen already is frozen all the
 * way: nothing in this back end freezes only the surface of a value. Throws {@link LineRefused} for
 * what no store has written, because it could not be written back: too many levels, or a number
 * such as 1e999.
 */
export function freezeDeep<T>(value: T, level = 0): T {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new LineRefused('a number is too large to be one');
  }
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (level > LEVELS_MAX) throw new LineRefused(`it has more than ${LEVELS_MAX} levels`);
  Object.freeze(value);
  for (const field of Object.values(value)) freezeDeep(field, level + 1);
  return value;
}
