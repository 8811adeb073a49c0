/** What is remembered of a deep frozen container. */
export interface Size {
  /** Bytes as JSON in UTF-8; counted when somebody first needs them exactly. */
  bytes?: number;
  /** See {@link bytesAtLeast}. */
  atLeast?: number;
  /** Levels of nesting, 1 for `[]`. Known only of containers that the model itself checked and froze. */
  levels?: number;
}

/**
 * JSON needs at most so many bytes for what takes one of {@link bytesAtLeast}: an escape like
 * `\u0007` is the worst case. So most limits are known to be kept without counting exactly.
 */
export const BYTES_PER_UNIT_MAX = 6;

/** A container below this size is counted again sooner than looked up. */
const REMEMBERED_BYTES_MIN = 256;

const sizes = new WeakMap<object, Size>();

/** What was remembered of a container. */
export function sizeOf(value: object): Size | undefined {
  return sizes.get(value);
}

/** Remembers the size of a deep frozen container for as long as somebody holds it. */
export function rememberSize(value: object, size: Size): void {
  if ((size.atLeast ?? size.bytes ?? REMEMBERED_BYTES_MIN) < REMEMBERED_BYTES_MIN) return;
  sizes.set(value, size);
}

/** Bytes of anything but an object as JSON, with every string counted as plain ASCII. */
export function primitiveBytesAtLeast(value: unknown): number {
  return typeof value === 'string' ? value.length + 2 : String(value).length;
}

/** Bytes that a JSON value needs if none of its strings has anything to escape or to encode. */
export function bytesAtLeast(value: unknown): number {
  if (typeof value !== 'object' || value === null) return primitiveBytesAtLeast(value);
  const known = sizes.get(value);
  if (known !== undefined) return known.atLeast ?? jsonBytes(value);
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += bytesAtLeast(item) + 1;
  } else {
    for (const field of Object.keys(value)) {
      bytes += field.length + 4 + bytesAtLeast((value as Record<string, unknown>)[field]);
    }
  }
  return bytes === 2 ? 2 : bytes - 1;
}

/**
 * Bytes of a JSON value in UTF-8. A frozen container is taken to be frozen all the way down, as
 * everything is that the store hands out; a large one is counted once in its life.
 */
export function jsonBytes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(JSON.stringify(value));
  const known = sizes.get(value);
  if (known?.bytes !== undefined) return known.bytes;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (known !== undefined) known.bytes = bytes;
  else if (Object.isFrozen(value)) rememberSize(value, { bytes });
  return bytes;
}
