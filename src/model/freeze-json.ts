import type { Json } from './json.ts';
import { rememberSize, sizeOf } from './json-bytes.ts';
import { newWalk, refuseDepth } from './json-walk.ts';
import { LIMITS } from './limits.ts';

/**
 * Freezes what `JSON.parse` made, all the way down and in place, and remembers it as a copy.
 * `LIMIT_EXCEEDED` for what is nested deeper than anything that a store accepts.
 */
export function freezeJson(value: Json): Json {
  if (typeof value !== 'object' || value === null || sizeOf(value)?.levels) return value;
  rememberSize(value, { levels: freezeDeep(value, 1) });
  return value;
}

function freezeDeep(value: object, level: number): number {
  if (level > LIMITS.depthMax) refuseDepth(value, newWalk('value', {}), undefined);
  let levels = 0;
  for (const item of Object.values(value)) {
    if (typeof item !== 'object' || item === null) continue;
    levels = Math.max(levels, freezeDeep(item, level + 1));
  }
  Object.freeze(value);
  return levels + 1;
}
