import { type ErrorCode, HoldfastError, isHoldfastError } from '../../model/errors.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EFBIG: 'DISK_FULL',
  ELOOP: 'UNSAFE_PATH',
  EMLINK: 'UNSAFE_PATH',
  ENOTDIR: 'UNSAFE_PATH',
  EISDIR: 'UNSAFE_PATH',
  ENXIO: 'UNSAFE_PATH',
};

const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  DISK_FULL: 'The disk is full; the former state is intact. Free space and try again.',
  UNSAFE_PATH: 'Something foreign stands in the place of a file of the store; look at the path.',
};

/** The system's name of an error, such as `ENOENT`. */
export function errno(cause: unknown): string | undefined {
  return (cause as { code?: unknown } | undefined)?.code as string | undefined;
}

/** Whether the system says that there is no such file. */
export function isMissing(cause: unknown): boolean {
  return errno(cause) === 'ENOENT';
}

/** Whether something foreign, or a link, stands where a file or directory of the store belongs. */
export function isForeign(cause: unknown): boolean {
  const code = isHoldfastError(cause) ? cause.code : CODES[errno(cause) ?? ''];
  return code === 'UNSAFE_PATH';
}

const CALLERS = new WeakSet<object>();

/** Marks what a caller's own function threw: it reaches the caller as it is, whatever it looks like. */
export function callersOwn(cause: unknown): unknown {
  if (typeof cause === 'object' && cause !== null) CALLERS.add(cause);
  return cause;
}

/** What a verb rejects with: a system error that was expected nowhere becomes one of the closed list. */
export function typedError(cause: unknown, key?: string, signal?: AbortSignal): unknown {
  const system = /^(E[A-Z0-9]+|UNKNOWN)$/.test(String(errno(cause)));
  if (!system || CALLERS.has(cause as object) || (signal && signal.reason === cause)) return cause;
  return ioError(cause, 'work on the files', key);
}

/** A system error as the store's own, saying what was being done and to which session. */
export function ioError(cause: unknown, doing: string, key?: string): HoldfastError {
  if (isHoldfastError(cause)) return cause;
  const code = CODES[errno(cause) ?? ''] ?? 'IO_FAILED';
  const advice = ADVICE[code] ?? 'See the cause.';
  const whose = key === undefined ? '' : ` of session ${JSON.stringify(key)}`;
  return new HoldfastError(
    code,
    `Could not ${doing}${whose}: ${(cause as Error).message}. ${advice}`,
    {
      key,
      cause,
    },
  );
}
