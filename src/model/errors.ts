/**
 * Every way in which Holdfast refuses or fails, as a closed list. `docs/errors.md` is made from it.
 *
 * `retry` tells a caller what may help: `never` (the call itself is wrong, or the world has moved
 * on), `later` (the same call may succeed), `after-repair` (an operator has to look first).
 */
export const ERROR_CODES = {
  SESSION_BUSY: {
    retry: 'later',
    when: 'A turn or a commit of this session did not become free before the deadline, its queue is full, or a turn was asked for inside a turn of the same session.',
    remedy:
      'Wait and try again, pass the turn object on instead of asking for a nested turn, or interrupt the holder that the message names.',
  },
  SESSION_GONE: {
    retry: 'never',
    when: 'The session (or the archived conversation) that the call needs does not exist.',
    remedy:
      'Create it with an update or an append, or leave out `ifExists`, `ifRev` or `ifSessionId`.',
  },
  REV_CONFLICT: {
    retry: 'later',
    when: 'The entry has another revision than `ifRev` demands.',
    remedy: 'Read the session again and decide anew, or pass a function to `update`.',
  },
  SESSION_CHANGED: {
    retry: 'never',
    when: 'The session has another session id than `ifSessionId` demands: it was reset or restored meanwhile.',
    remedy: 'Read the session again; the work belongs to an archived conversation.',
  },
  TURN_LOST: {
    retry: 'never',
    when: 'The turn has ended, was overtaken, or its session was reset or removed.',
    remedy: 'Stop the work of this turn. What it wrote before is kept.',
  },
  STORE_CLOSED: {
    retry: 'never',
    when: 'The store was closed, or another store with the same instance name was opened in this process.',
    remedy: 'Open the store again.',
  },
  STORE_UNSUPPORTED: {
    retry: 'never',
    when: 'The location cannot hold a store: locks do not work there, the lock addon has no binary for this system, the driver is not installed, or the server refuses what a store needs of it; or it can not have a mirror.',
    remedy:
      'Move the store to a local disk, or use PostgreSQL for a shared one; there, and for a mirror, mend what the message names.',
  },
  ENTRY_DAMAGED: {
    retry: 'after-repair',
    when: 'The metadata log of this session has bytes that do not decode. `lastGood` carries the state before the damage.',
    remedy:
      'Run `holdfast verify`, then `holdfast repair --apply`, which keeps the damaged bytes aside.',
  },
  TRANSCRIPT_DAMAGED: {
    retry: 'after-repair',
    when: 'A transcript has bytes that do not decode and the caller asked not to skip them.',
    remedy: 'Run `holdfast verify` to see the range, or read with `onDamage: "skip"`.',
  },
  LIMIT_EXCEEDED: {
    retry: 'never',
    when: 'A key, entry, patch, record or option is larger, deeper or longer than allowed, or options contradict each other.',
    remedy: 'Make it smaller, or change the option that the message names.',
  },
  INVALID_KEY: {
    retry: 'never',
    when: 'The session key is empty, too long, not well-formed Unicode, or has control characters.',
    remedy: 'Build keys with `sessionKey()`.',
  },
  INVALID_ENTRY: {
    retry: 'never',
    when: 'An entry, patch, record or option is not plain JSON of the expected shape, or names what belongs to another session.',
    remedy: 'Correct the value at the path that the message names. Nothing was written.',
  },
  FORMAT_TOO_NEW: {
    retry: 'never',
    when: 'The store, or a session in it, was written by a newer version of Holdfast.',
    remedy: 'Install that version or a newer one. Nothing was changed.',
  },
  DISK_FULL: {
    retry: 'later',
    when: 'The disk, the quota or the file-size limit is used up. The former state is intact.',
    remedy: 'Free space and try again.',
  },
  IO_FAILED: {
    retry: 'later',
    when: 'The system refused or failed a read or a write. The former state is intact.',
    remedy:
      'See `cause` for the system error: permissions, descriptors, a failing disk, or a server out of reach.',
  },
  OUTCOME_UNKNOWN: {
    retry: 'never',
    when: 'A write was made but its sync failed, so nobody can tell whether it survives a power loss; or a call that makes a session failed half-way on a disk that did not let it take that back.',
    remedy:
      'Read the session to see what is there; repeat only what a precondition or an id makes safe.',
  },
  UNSAFE_PATH: {
    retry: 'after-repair',
    when: 'A link, or a file of a foreign kind, stands where a file of the store belongs.',
    remedy: 'Look at the path that the message names and remove what does not belong there.',
  },
} as const satisfies Record<string, { retry: Retry; when: string; remedy: string }>;

export type Retry = 'never' | 'later' | 'after-repair';

/** One of the codes that a {@link HoldfastError} carries; the list is closed. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error can say besides its message. */
export interface ErrorDetails {
  /** The session that the call was about. */
  key?: string | undefined;
  /** The last state that decoded, with `ENTRY_DAMAGED`. */
  lastGood?: unknown;
  /** The system's or driver's own error. */
  cause?: unknown;
}

const BRAND = Symbol.for('holdfast.error');

/**
 * The one error class. Test `error.code`, never the text; {@link isHoldfastError} also recognises
 * errors of another copy of this package in the same process.
 */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;
  /** `never`, `later` or `after-repair`: whether the same call may succeed. */
  readonly retry: Retry;
  /** The session that the call was about, when there is one. */
  readonly key?: string;
  /** The last good state of the session, with `ENTRY_DAMAGED`. */
  readonly lastGood?: unknown;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retry = ERROR_CODES[code].retry;
    if (details.key !== undefined) this.key = details.key;
    if (details.lastGood !== undefined) this.lastGood = details.lastGood;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether a value is a {@link HoldfastError}, of this copy of the package or of another one. */
export function isHoldfastError(value: unknown): value is HoldfastError {
  return value instanceof Error && (value as { [BRAND]?: unknown })[BRAND] === true;
}
