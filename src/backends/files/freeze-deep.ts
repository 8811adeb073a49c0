/**
 * Freezes what `JSON.parse` made, all the way down. A part that is frozen already is frozen all the
 * way: nothing in this back end freezes only the surface of a value.
 */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const field of Object.values(value)) freezeDeep(field);
  return value;
}
