/**
 * Texts that JSON and JavaScript can hold and jsonb can not: U+0000 and lone surrogates. They are
 * kept behind U+001A, as four hexadecimal digits; U+001A itself is kept so, too, so that nothing
 * else reads as an escape. All other text is stored as it is, for people and their queries.
 */
const MARK = '\u001a';

/** In JSON text: an escape to look at (a whole one, so that `\\u0000` is not taken for U+0000). */
const ESCAPES = /\\(?:u([0-9a-fA-F]{4})|[\s\S])/g;
const SUSPECT = /\\u(?:0000|001a|d[89a-f])/i;

/** JSON text for a jsonb value. */
export function escapeJson(json: string): string {
  if (!SUSPECT.test(json)) return json;
  return json.replace(ESCAPES, (whole, digits: string | undefined) =>
    digits !== undefined && /^(0000|001a|d[89a-f]..)$/i.test(digits)
      ? `\\u001a${digits.toLowerCase()}`
      : whole,
  );
}

/** JSON text as it was before {@link escapeJson}. */
export function unescapeJson(json: string): string {
  if (!json.includes('\\u001a')) return json;
  return json.replace(/\\(?:u001a([0-9a-f]{4})|[\s\S])/g, (whole, digits: string | undefined) =>
    digits === undefined ? whole : `\\u${digits}`,
  );
}

/** A plain text for a text column or the name of a jsonb field. */
export function escapeText(text: string): string {
  return JSON.parse(escapeJson(JSON.stringify(text))) as string;
}

/** A plain text as it was before {@link escapeText}. */
export function unescapeText(text: string): string {
  return text.includes(MARK) ? (JSON.parse(unescapeJson(JSON.stringify(text))) as string) : text;
}
