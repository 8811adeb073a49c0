/** What processes did to sessions and what they were told, with the time of each call. */

/** An entry and its conversation as a caller is told them. */
export interface View {
  rev: number;
  sessionId: string;
  /** The value that updates set; 0 before the first one. */
  value: number;
  updatedAt: number;
}

export type Deed =
  | { verb: 'read'; out?: View | null }
  /** An update by a function; `before` is the value that it was called with. */
  | { verb: 'update'; value: number; out?: View & { before: number } }
  | { verb: 'updateIf'; value: number; ifRev: number; out?: View | 'REV_CONFLICT' | 'SESSION_GONE' }
  /** An id may be given more than once: the first record that bears it is what is told. */
  | { verb: 'append'; id: string; out?: { parentId: string | null } }
  /**
   * The first step of an append to a missing session, which readers may see: it exists, and its
   * first record is still to come.
   */
  | { verb: 'create'; id: string; out: true }
  /** The last records of the transcript, oldest first. */
  | { verb: 'tail'; last: number; out?: string[] | 'SESSION_GONE' }
  /** The row of this session in a listing. */
  | { verb: 'row'; out?: Omit<View, 'value'> | null }
  | { verb: 'reset'; out?: View }
  | { verb: 'remove'; out?: boolean };

/** One call on one session. Without `out` its process died in it: it happened, in part, or not. */
export interface Call {
  key: string;
  process: string;
  /** Microseconds of the clock that all processes share. */
  from: number;
  /** When it was told, or when its process was seen to be dead. */
  to: number;
  deed: Deed;
}

/**
 * The steps of a call, each of which has a moment of its own. All calls are one step but an append
 * that may have created its session.
 */
export function stepsOf(call: Call): Call[] {
  const { deed } = call;
  if (deed.verb !== 'append' || deed.out?.parentId !== null) return [call];
  return [{ ...call, deed: { verb: 'create', id: deed.id, out: true } }, call];
}
