import { copyFields } from './copy-json.ts';
import { jsonEqual } from './equal-json.ts';
import { HoldfastError } from './errors.ts';
import { freezeJson } from './freeze-json.ts';
import type { Json, JsonObject } from './json.ts';
import { BYTES_PER_UNIT_MAX, bytesAtLeast, jsonBytes } from './json-bytes.ts';
import { LIMITS } from './limits.ts';
import { isPlainObject, setField } from './plain-object.ts';
import type { Entry } from './state.ts';
import { shown } from './text.ts';

/** Fields to set (`null` removes one): checked, and a copy whose values are frozen. */
export type CheckedPatch = Readonly<Record<string, unknown>>;

/** `-1.7976931348623157e+308`. */
const NUMBER_UNITS_MAX = 24;

/** What a patch makes of an entry. `set` and `unset` hold only what really changes. */
export interface Applied {
  entry: Readonly<Entry>;
  set: JsonObject | undefined;
  unset: readonly string[] | undefined;
}

/**
 * A copy of a patch, with frozen values: a plain object of JSON values, where `undefined` is ignored and `null`
 * removes a field. `INVALID_ENTRY` or `LIMIT_EXCEEDED` for anything else.
 */
export function checkPatch(patch: unknown, key: string): CheckedPatch {
  if (!isPlainObject(patch)) {
    throw new HoldfastError(
      'INVALID_ENTRY',
      `The patch of session ${shown(key)} is not a plain object.`,
      { key },
    );
  }
  return flatCopy(patch) ?? copyFields(patch, 'patch', { key, bytesMax: LIMITS.entryBytesMax });
}

/**
 * The usual patch: a few texts, numbers and switches. Most commits have no other, and the walk that
 * every other value takes, path and all, would be a tenth of what a commit costs.
 */
function flatCopy(patch: Record<string, unknown>): CheckedPatch | undefined {
  const copy = { ...patch };
  let units = 2;
  for (const field of Object.keys(copy)) {
    const value = copy[field];
    units += field.length + 4;
    if (typeof value === 'string') units += value.length;
    else if (typeof value === 'number') {
      if (!Number.isFinite(value) || Object.is(value, -0)) return undefined;
      units += NUMBER_UNITS_MAX;
    } else if (typeof value !== 'boolean' && value !== null) return undefined;
  }
  return units * BYTES_PER_UNIT_MAX > LIMITS.entryBytesMax ? undefined : copy;
}

/** The entry after a patch, or `undefined` when the patch changes nothing. */
export function applyPatch(entry: Readonly<Entry>, patch: CheckedPatch): Applied | undefined {
  let set: Record<string, Json> | undefined;
  let unset: string[] | undefined;
  for (const field of Object.keys(patch)) {
    const value = patch[field] as Json;
    const there = Object.hasOwn(entry, field);
    if (value === null) {
      if (!there) continue;
      unset ??= [];
      unset.push(field);
    } else if (!there || !jsonEqual(entry[field], value)) {
      set ??= {};
      setField(set, field, value);
    }
  }
  if (set === undefined && unset === undefined) return undefined;
  return { entry: changedEntry(entry, set, unset), set, unset };
}

/** The fields of an entry that a new conversation takes along. */
export function keepFields(
  entry: Readonly<Entry>,
  keep: 'all' | 'none' | readonly string[],
): Readonly<Entry> {
  if (keep === 'all') return entry;
  const kept: Entry = {};
  if (keep !== 'none') {
    for (const field of keep) {
      if (Object.hasOwn(entry, field)) setField(kept, field, entry[field]);
    }
  }
  return Object.freeze(kept);
}

/** Freezes an entry that `JSON.parse` made, in place, so that it may be handed out. */
export function freezeEntry(entry: Entry): Readonly<Entry> {
  for (const field of Object.keys(entry)) freezeJson(entry[field]);
  return Object.freeze(entry);
}

/** Bytes of an entry as JSON in UTF-8. Large values that are frozen are counted once in their life. */
export function entryBytes(entry: Readonly<Entry>): number {
  const fields = Object.keys(entry);
  let bytes = fields.length === 0 ? 2 : fields.length + 1;
  for (const field of fields) bytes += jsonBytes(field) + 1 + jsonBytes(entry[field]);
  return bytes;
}

/** `LIMIT_EXCEEDED` for an entry that has grown too large. Cheap: most are far from it. */
export function checkEntryBytes(entry: Readonly<Entry>, key: string): void {
  if (bytesAtLeast(entry) * BYTES_PER_UNIT_MAX <= LIMITS.entryBytesMax) return;
  const bytes = entryBytes(entry);
  if (bytes <= LIMITS.entryBytesMax) return;
  throw new HoldfastError(
    'LIMIT_EXCEEDED',
    `The entry of session ${shown(key)} would have ${bytes} bytes; ${LIMITS.entryBytesMax} are allowed.`,
    { key },
  );
}

/** Copies by spreading, which defines fields instead of assigning them: `__proto__` stays a field. */
function changedEntry(
  entry: Readonly<Entry>,
  set: JsonObject | undefined,
  unset: readonly string[] | undefined,
): Readonly<Entry> {
  const changed: Entry = { ...entry, ...set };
  if (unset !== undefined) for (const field of unset) delete changed[field];
  return Object.freeze(changed);
}
