/** What the server, the driver and the network say when something fails, as typed errors. */
import { type ErrorCode, HoldfastError } from '../../model/errors.ts';

/** A failure of the server carries a five-character code (SQLSTATE) and a severity. */
interface ServerError extends Error {
  code: string;
  severity: string;
}

/** How far a statement came before it failed. */
export type Reached = 'no connection' | 'sent';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const KNOWN: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  '55P03': ['SESSION_BUSY', 'another transaction holds its row. Try again later'],
  '40001': ['SESSION_BUSY', 'other transactions were in the way each time. Try again later'],
  '40P01': ['SESSION_BUSY', 'other transactions were in the way each time. Try again later'],
  '53100': ['DISK_FULL', "the server's disk is full. Free space there and try again"],
  '54000': ['LIMIT_EXCEEDED', 'a value is larger than the server takes'],
  '42501': [
    'STORE_UNSUPPORTED',
    'the role lacks a privilege. `docs/postgres.md` lists those it needs',
  ],
  '3D000': ['STORE_UNSUPPORTED', 'there is no such database. Create it first'],
  '28000': ['STORE_UNSUPPORTED', 'the server refuses the role'],
  '28P01': ['STORE_UNSUPPORTED', 'the server refuses the password'],
  '42P01': ['STORE_UNSUPPORTED', 'the schema has no tables of Holdfast. Run `holdfast migrate`'],
  '42883': ['STORE_UNSUPPORTED', 'the schema lacks a function of Holdfast. Run `holdfast migrate`'],
  '3F000': ['STORE_UNSUPPORTED', 'there is no such schema. Run `holdfast migrate`'],
};

/** The SQLSTATE of a failure that the server told; `undefined` when it came from elsewhere. */
export function serverCode(error: unknown): string | undefined {
  const { code, severity } = error as Partial<ServerError>;
  return typeof severity === 'string' && /^[0-9A-Z]{5}$/.test(code ?? '') ? code : undefined;
}

/** Whether the statement is known to have been taken back and may simply be made again. */
export function mayRepeat(error: unknown): boolean {
  const code = serverCode(error);
  return code === '40001' || code === '40P01';
}

/** Whether a prepared statement was not there any more, or was another one: a pooler is between. */
export function lostPrepared(error: unknown): boolean {
  const code = serverCode(error);
  return (
    code === '26000' || code === '42P05' || (code === '0A000' && /cached plan/.test(String(error)))
  );
}

/** Whether the connection went, so that nobody says any more what became of the statement. */
export function connectionLost(error: unknown): boolean {
  const code = serverCode(error);
  // Class 57P: the process that served us was ended, or the server goes down or comes up.
  return code === undefined || code.startsWith('57P') || code.startsWith('08');
}

/**
 * The typed error for a failed statement. `writes`: whether something may have been changed by one
 * whose connection went after it was sent.
 */
export function typedFailure(
  error: unknown,
  {
    reached,
    writes,
    key,
    what,
  }: { reached: Reached; writes: boolean; key?: string | undefined; what: string },
): HoldfastError {
  const of = key === undefined ? '' : ` of session ${JSON.stringify(key)}`;
  const said = error instanceof Error ? error.message : String(error);
  const make = (code: ErrorCode, why: string) =>
    new HoldfastError(code, `To ${what}${of} failed: ${why}.`, { key, cause: error });
  if (reached === 'sent' && writes && connectionLost(error)) {
    return make(
      'OUTCOME_UNKNOWN',
      `the connection to the server was lost (${said}) before it said whether this was done. Read the session, or repeat the call with an id or a precondition`,
    );
  }
  const known = KNOWN[serverCode(error) ?? ''];
  if (known) return make(known[0], `${known[1]} (the server says: ${said})`);
  const where = reached === 'sent' ? 'the server failed it' : 'no connection to the server';
  return make('IO_FAILED', `${where} (${said}). Nothing was changed; try again later`);
}
