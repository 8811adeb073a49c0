import type { ErrorCode } from '../model/errors.ts';

/**
 * What only a command line can get wrong, beside the codes of the library: `USAGE` (a bad option or
 * argument), `NO_STORE` (no store was named or found), `AMBIGUOUS_KEY` (a part fits several keys).
 */
export type CommandErrorCode =
  | 'USAGE'
  | 'NO_STORE'
  | 'AMBIGUOUS_KEY'
  | Extract<ErrorCode, 'SESSION_GONE'>;

/** An error of the command itself, told like an error of the library but with its own remedy. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: CommandErrorCode;
  readonly remedy: string;
  /** Keys or session ids that the caller may have meant, at most ten. */
  readonly candidates: readonly string[];

  constructor(
    code: CommandErrorCode,
    message: string,
    details: { remedy: string; candidates?: readonly string[] },
  ) {
    super(message);
    this.code = code;
    this.remedy = details.remedy;
    this.candidates = details.candidates ?? [];
  }
}
