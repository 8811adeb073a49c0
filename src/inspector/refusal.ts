import { ERROR_CODES, type ErrorCode, isHoldfastError } from '../model/errors.ts';
import type { Refusal } from './wire.ts';

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 500 | 503;

/** A request that the handler does not carry out, with the status and what the page is told. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: RefusalStatus;
  readonly code: Refusal['error']['code'];
  readonly remedy: string | undefined;

  constructor(
    status: RefusalStatus,
    code: Refusal['error']['code'],
    message: string,
    details: { remedy?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.remedy = details.remedy;
  }
}

/** A parameter, a header or a body that is not as it should be; the message names it. */
export function badRequest(message: string): Refused {
  return new Refused(400, 'BAD_REQUEST', message);
}

/** Nothing is left out of the list: a new code has to be thought about. */
const STATUS_OF: Readonly<Record<ErrorCode, RefusalStatus>> = {
  INVALID_KEY: 400,
  INVALID_ENTRY: 400,
  LIMIT_EXCEEDED: 400,
  SESSION_GONE: 404,
  SESSION_BUSY: 409,
  REV_CONFLICT: 409,
  SESSION_CHANGED: 409,
  TURN_LOST: 409,
  STORE_CLOSED: 503,
  IO_FAILED: 503,
  DISK_FULL: 503,
  STORE_UNSUPPORTED: 500,
  ENTRY_DAMAGED: 500,
  TRANSCRIPT_DAMAGED: 500,
  FORMAT_TOO_NEW: 500,
  OUTCOME_UNKNOWN: 500,
  UNSAFE_PATH: 500,
};

/** What an error is to the page. Nothing for a fault of ours, whose text nobody checked. */
export function refusalOf(error: unknown): { status: RefusalStatus; body: Refusal } | undefined {
  if (error instanceof Refused) {
    const { status, code, message, remedy } = error;
    return { status, body: { error: { code, message, ...(remedy && { remedy }) } } };
  }
  if (!isHoldfastError(error)) return undefined;
  const { code, message } = error;
  const { remedy } = ERROR_CODES[code];
  return { status: STATUS_OF[code], body: { error: { code, message, remedy } } };
}
