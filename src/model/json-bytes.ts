/** Anything that makes JSON of a string longer than its UTF-16 length and two quotes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON has to escape
const NEEDS_COUNTING = /["\\\u0000-\u001f\u0080-\uffff]/;

/** What is known of a deep frozen container. */
export interface Size {
  /** Bytes as JSON in UTF-8; counted when first asked for. */
  bytes?: number;
  /** Levels of nesting, 1 for `[]`. Known only of containers that the model itself checked and froze. */
  levels?: number;
}

const sizes = new WeakMap<object, Size>();

/** What was remembered of a container. */
export function sizeOf(value: object): Size | undefined {
  return sizes.get(value);
}

/** Remembers the size of a deep frozen container for as long as somebody holds it. */
export function rememberSize(value: object, size: Size): void {
  sizes.set(value, size);
}

/** Bytes of a string as JSON in UTF-8, quotes included. */
export function textBytes(text: string): number {
  return NEEDS_COUNTING.test(text) ? Buffer.byteLength(JSON.stringify(text)) : text.length + 2;
}

/** Bytes of anything but an object as JSON. */
export function primitiveBytes(value: string | number | boolean | null): number {
  if (typeof value === 'string') return textBytes(value);
  return value === null ? 4 : String(value).length;
}

/**
 * Bytes of a JSON value in UTF-8. A frozen container is taken to be frozen all the way down, as
 * everything is that the store hands out, and is counted once in its life.
 */
export function jsonBytes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return primitiveBytes(value as string);
  const known = sizes.get(value);
  if (known?.bytes !== undefined) return known.bytes;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (known !== undefined) known.bytes = bytes;
  else if (Object.isFrozen(value)) sizes.set(value, { bytes });
  return bytes;
}
