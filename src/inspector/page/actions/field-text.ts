/** A typed text as the value of a field. */
export type Parsed = { ok: true; value: unknown } | { ok: false; why: string };

/** What a text means: itself, or the JSON that it is. `null` is how a field is removed, so it is none. */
export function parsedValue(text: string, kind: 'text' | 'json'): Parsed {
  if (kind === 'text') return { ok: true, value: text };
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return { ok: false, why: 'A field can not be null: remove it instead.' };
    return { ok: true, value };
  } catch (cause) {
    return { ok: false, why: cause instanceof Error ? cause.message : 'This is no JSON.' };
  }
}

/** A value as it is edited. */
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
