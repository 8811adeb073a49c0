/** How a process that runs under the shim tells it what to do. */
import { openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** A fault of a call that reaches the kernel. */
export interface KernelFault {
  /** Number of the call, counted from 1. */
  n: number;
  /** An errno's name, or `short<k>` for a write that takes so many bytes. */
  what: string;
  forever?: boolean;
}

function tell(path: string): void {
  try {
    openSync(path, 'r');
  } catch (cause) {
    // The shim reads the path; nobody has such a file.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw cause;
  }
}

export function arm({ n, what, forever }: KernelFault): void {
  const errno = constants.errno[what as keyof typeof constants.errno];
  tell(`/shim/arm/${n}:${errno ?? what}${forever ? ':forever' : ''}`);
}

/** Everything works again, and counting begins anew. */
export function disarm(): void {
  tell('/shim/off');
}

export interface Counts {
  hits: number;
  /** A letter for each call, in their order. */
  kinds: string;
}

/** What the shim has counted since it was told something. */
export function counted(): Counts {
  const bytes = readFileSync(process.env.SHIM_COUNTS as string);
  const calls = Number(bytes.readBigInt64LE(0));
  const hits = Number(bytes.readBigInt64LE(8));
  return { hits, kinds: bytes.toString('latin1', 16, 16 + calls) };
}

const OPEN = ['EIO', 'EACCES', 'EMFILE', 'ENFILE', 'EINTR'];
const FULL = ['ENOSPC', 'EDQUOT'];

/** By the letter of a kind of call: the errors that fit it. */
export const FITTING: Readonly<Record<string, readonly string[]>> = {
  o: OPEN,
  c: [...OPEN, 'EROFS', 'EPERM', ...FULL],
  x: ['EIO', 'EINTR', ...FULL],
  w: ['EIO', 'EINTR', 'EFBIG', ...FULL, 'short0', 'short1', 'short7', 'short40'],
  g: ['EIO', 'EINTR'],
  s: ['EIO', 'EINTR', ...FULL],
  t: ['EIO', 'EINTR', 'EPERM'],
  n: ['EIO', 'EPERM', 'EBUSY', 'EACCES', 'EROFS', ...FULL],
  u: ['EIO', 'EPERM', 'EBUSY', 'EROFS'],
  r: ['EIO', 'EBUSY', 'EACCES'],
  m: ['EIO', 'EACCES', 'EROFS', ...FULL],
  d: ['EIO', 'EACCES', 'EMFILE'],
  l: ['EIO', 'EINTR', 'ENOLCK'],
  f: ['EIO'],
};

/** Errors that are tried for ever, too: the others would only be waited for. */
export const LASTING = new Set(['EIO', 'ENOSPC', 'EMFILE', 'EROFS']);
