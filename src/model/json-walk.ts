/** The state of one copying, and how it refuses: always with the path to what is wrong. */
import { HoldfastError } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import { BYTES_PER_UNIT_MAX, jsonBytes } from './json-bytes.ts';
import { LIMITS } from './limits.ts';
import { cutText, shown } from './text.ts';

export interface CopyOptions {
  /** The session that the value is for; the error carries it. */
  key?: string | undefined;
  /** `LIMIT_EXCEEDED` above so many bytes of JSON. Default: what a record may have. */
  bytesMax?: number;
  /** `false` for what will not be given again, such as a record: remembering has its price. */
  remember?: boolean;
}

/** The containers around the value that is being copied, innermost first. */
export interface Inside {
  container: object;
  field: string | number;
  outer: Inside | undefined;
}

export interface Walk {
  what: string;
  key: string | undefined;
  bytesMax: number;
  /** Bytes counted so far, each string as if it were plain ASCII. */
  atLeast: number;
  /** The deepest level seen so far. */
  deepest: number;
  containers: number;
  /** A value may hold one container so often that copying each place would never end. */
  copies: Map<object, readonly Json[] | JsonObject> | undefined;
}

export function newWalk(what: string, options: CopyOptions): Walk {
  const { key, bytesMax = LIMITS.recordBytesMax } = options;
  return { what, key, bytesMax, atLeast: 0, deepest: 0, containers: 0, copies: undefined };
}

export function count(walk: Walk, bytes: number): void {
  walk.atLeast += bytes;
  if (walk.atLeast > walk.bytesMax) refuseBytes(walk);
}

export function checkBytes(copy: Json, walk: Walk): void {
  if (walk.atLeast * BYTES_PER_UNIT_MAX <= walk.bytesMax) return;
  if (jsonBytes(copy) > walk.bytesMax) refuseBytes(walk);
}

function refuseBytes({ what, key, bytesMax }: Walk): never {
  const message = `${what} has more than ${bytesMax} bytes as JSON.`;
  throw new HoldfastError('LIMIT_EXCEEDED', message, { key });
}

export function refuseDepth(value: object, walk: Walk, inside: Inside | undefined): never {
  for (let at = inside; at !== undefined; at = at.outer) {
    if (at.container === value) refuse(walk, inside, 'is one of its own parents: a cycle');
  }
  throw new HoldfastError(
    'LIMIT_EXCEEDED',
    `${walk.what}${pathOf(inside)} is nested deeper than ${LIMITS.depthMax} levels.`,
    { key: walk.key },
  );
}

export function refuseAccessor(walk: Walk, inside: Inside): never {
  return refuse(walk, inside, 'is a getter or setter, not a value');
}

export function refuse(walk: Walk, inside: Inside | undefined, why: string): never {
  throw new HoldfastError('INVALID_ENTRY', `${walk.what}${pathOf(inside)} ${why}.`, {
    key: walk.key,
  });
}

function pathOf(inside: Inside | undefined): string {
  let path = '';
  for (let at = inside; at !== undefined; at = at.outer) {
    if (typeof at.field === 'number') path = `[${at.field}]${path}`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$]{0,63}$/u.test(at.field)) path = `.${at.field}${path}`;
    else path = `[${shown(at.field, 64)}]${path}`;
  }
  return path.length > 300 ? `${cutText(path, 300)}...` : path;
}
