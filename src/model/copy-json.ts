/**
 * Plain JSON: checked, copied and frozen.
 *
 * A container that was copied here is remembered. Given again, alone or inside another value, it is
 * neither walked nor copied: a skill list of 60 KB in every patch of 240 sessions costs a look-up.
 */
import type { Json, JsonObject } from './json.ts';
import { bytesAtLeast, primitiveBytesAtLeast, rememberSize, sizeOf } from './json-bytes.ts';
import {
  type CopyOptions,
  checkBytes,
  count,
  type Inside,
  newWalk,
  refuse,
  refuseAccessor,
  refuseDepth,
  type Walk,
} from './json-walk.ts';
import { LIMITS } from './limits.ts';
import { isPlainObject, setField } from './plain-object.ts';

export { jsonEqual } from './equal-json.ts';

const CONTAINERS_BEFORE_COPIES_ARE_KEPT = 10_000;

/**
 * A deep frozen copy of a plain JSON value that shares nothing changeable with it. A field whose
 * value is `undefined` is left out and -0 becomes 0, as in JSON; anything else that JSON would drop
 * or bend is `INVALID_ENTRY`, and `LIMIT_EXCEEDED` what is too deep or too large. `what` opens the
 * path in the message.
 */
export function copyJson(value: unknown, what: string, options: CopyOptions = {}): Json {
  const walk = newWalk(what, options);
  const copy = copyValue(value, walk, 1, undefined, options.remember ?? true);
  if (copy === undefined) refuse(walk, undefined, 'is undefined');
  checkBytes(copy, walk);
  return copy;
}

/**
 * As {@link copyJson}, for an object that is new at every call while its values may be old: they
 * are remembered, the object is not.
 */
export function copyFields(
  value: Readonly<Record<string, unknown>>,
  what: string,
  options: CopyOptions = {},
): JsonObject {
  const walk = newWalk(what, options);
  const copy = copyObject(value, walk, 1, undefined, options.remember ?? true);
  checkBytes(copy, walk);
  return copy;
}

/** `undefined` for what a field may have and JSON leaves out. */
function copyValue(
  value: unknown,
  walk: Walk,
  level: number,
  inside: Inside | undefined,
  remember = false,
): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      count(walk, primitiveBytesAtLeast(value));
      return value;
    case 'number':
      if (!Number.isFinite(value)) refuse(walk, inside, `is ${value}, which JSON can not hold`);
      count(walk, primitiveBytesAtLeast(value));
      return value + 0;
    case 'undefined':
      return undefined;
    case 'object':
      if (value !== null) return copyContainer(value, walk, level, inside, remember);
      count(walk, 4);
      return null;
    default:
      return refuse(walk, inside, `is a ${typeof value}, which JSON can not hold`);
  }
}

function copyContainer(
  value: object,
  walk: Walk,
  level: number,
  inside: Inside | undefined,
  remember: boolean,
): readonly Json[] | JsonObject {
  const known = sizeOf(value)?.levels;
  if (known !== undefined) return place(value as JsonObject, known, walk, level, inside);
  const kept = walk.copies?.get(value);
  if (kept !== undefined) return copyContainer(kept, walk, level, inside, false);

  if (level > LIMITS.depthMax) refuseDepth(value, walk, inside);
  walk.containers += 1;
  if (walk.containers === CONTAINERS_BEFORE_COPIES_ARE_KEPT) walk.copies = new Map();

  const { atLeast, deepest } = walk;
  walk.deepest = level;
  const copy = Array.isArray(value)
    ? copyArray(value, walk, level, inside)
    : copyObject(value, walk, level, inside, false);
  if (walk.copies !== undefined || remember) {
    const levels = walk.deepest - level + 1;
    rememberSize(copy, { atLeast: walk.atLeast - atLeast, levels });
    walk.copies?.set(value, copy);
  }
  walk.deepest = Math.max(deepest, walk.deepest);
  return copy;
}

/** Takes a copy that is there already. */
function place(
  copy: readonly Json[] | JsonObject,
  levels: number,
  walk: Walk,
  level: number,
  inside: Inside | undefined,
): readonly Json[] | JsonObject {
  const deepest = level + levels - 1;
  if (deepest > LIMITS.depthMax) refuseDepth(copy, walk, inside);
  walk.deepest = Math.max(walk.deepest, deepest);
  count(walk, bytesAtLeast(copy));
  return copy;
}

function copyArray(
  value: unknown[],
  walk: Walk,
  level: number,
  outer: Inside | undefined,
): readonly Json[] {
  const inside: Inside = { container: value, field: 0, outer };
  if (!Array.isArray(Object.getPrototypeOf(value))) {
    refuse(walk, outer, 'is an instance of a class, not a plain array');
  }
  const copy: Json[] = [];
  count(walk, value.length === 0 ? 2 : value.length + 1);
  for (let index = 0; index < value.length; index += 1) {
    inside.field = index;
    const property = Object.getOwnPropertyDescriptor(value, index);
    if (property === undefined) refuse(walk, inside, 'is a hole in an array');
    if (property.get !== undefined || property.set !== undefined) refuseAccessor(walk, inside);
    const item = copyValue(property.value, walk, level + 1, inside);
    if (item === undefined) refuse(walk, inside, 'is undefined, which an array can not hold');
    copy.push(item);
  }
  return Object.freeze(copy);
}

function copyObject(
  value: object,
  walk: Walk,
  level: number,
  outer: Inside | undefined,
  remember: boolean,
): JsonObject {
  const inside: Inside = { container: value, field: '', outer };
  if (!isPlainObject(value)) {
    refuse(walk, outer, 'is an instance of a class, not a plain object; convert it first');
  }
  const copy: Record<string, Json> = {};
  let fields = 0;
  for (const field of Object.keys(value)) {
    inside.field = field;
    const property = Object.getOwnPropertyDescriptor(value, field);
    if (property?.get !== undefined || property?.set !== undefined) refuseAccessor(walk, inside);
    const item = copyValue(property?.value, walk, level + 1, inside, remember);
    if (item === undefined) continue;
    fields += 1;
    count(walk, field.length + 3);
    setField(copy, field, item);
  }
  count(walk, fields === 0 ? 2 : fields + 1);
  return Object.freeze(copy);
}
