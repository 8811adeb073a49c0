import { type ErrorCode, isHoldfastError } from '../model/errors.ts';
import { CommandError, type CommandErrorCode } from './command-error.ts';

/** What a script can tell apart. Printed by `holdfast --help` and listed in docs/cli.md. */
export const EXIT_CODES = {
  0: 'done',
  1: 'verify found damage, doctor a weakness, copy left something, or there is nothing to show or to do',
  2: 'wrong usage: option, argument, value, ambiguous key, no store',
  3: 'no such session or archive',
  4: 'busy: the session was not free in time',
  5: 'conflict: it changed meanwhile (revision, session id, turn)',
  6: 'damaged: run `holdfast verify`; or doctor found an error in a state directory',
  7: 'the system refused: I/O, disk full, unsupported, newer format',
  70: 'a fault in holdfast itself',
} as const;

export type ExitCode = keyof typeof EXIT_CODES;

const OF_ERROR: Readonly<Record<ErrorCode | CommandErrorCode, ExitCode>> = {
  USAGE: 2,
  NO_STORE: 2,
  AMBIGUOUS_KEY: 2,
  INVALID_KEY: 2,
  INVALID_ENTRY: 2,
  LIMIT_EXCEEDED: 2,
  SESSION_GONE: 3,
  SESSION_BUSY: 4,
  REV_CONFLICT: 5,
  SESSION_CHANGED: 5,
  TURN_LOST: 5,
  ENTRY_DAMAGED: 6,
  TRANSCRIPT_DAMAGED: 6,
  UNSAFE_PATH: 6,
  STORE_CLOSED: 7,
  STORE_UNSUPPORTED: 7,
  FORMAT_TOO_NEW: 7,
  DISK_FULL: 7,
  IO_FAILED: 7,
  OUTCOME_UNKNOWN: 7,
};

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandError || isHoldfastError(error)) return OF_ERROR[error.code];
  return 70;
}
