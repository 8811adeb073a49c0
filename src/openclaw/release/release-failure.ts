import { HoldfastError, isHoldfastError } from '../../model/errors.ts';

/** A failure of the system as one of the closed list. */
export function failed(doing: string, cause: unknown): unknown {
  if (isHoldfastError(cause)) return cause;
  const code = String((cause as { code?: unknown } | undefined)?.code);
  if (!/^E[A-Z0-9]+$/.test(code)) return cause;
  const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
  return new HoldfastError(
    full ? 'DISK_FULL' : 'IO_FAILED',
    `Could not ${doing}: ${(cause as Error).message}. Nothing is lost; mend the cause and run it again.`,
    { cause },
  );
}

/** Something stands in the way that nobody follows or overwrites. */
export function unsafe(path: string, reason: string): HoldfastError {
  return new HoldfastError(
    'UNSAFE_PATH',
    `${path} is not used: ${reason}. Look at it and move it away.`,
  );
}
