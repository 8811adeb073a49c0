import type { Guard } from '../contract/backend.ts';
import type { Preconditions } from '../contract/store.ts';
import { checkSessionId } from '../model/session-id.ts';
import {
  asChecked,
  checkOptions,
  type OptionCheck,
  signal,
  whole,
  yesOrNo,
} from './check-options.ts';

/** The options that every guarded write takes. */
export const GUARD_CHECKS: Readonly<Record<string, OptionCheck>> = {
  ifRev: whole(0),
  ifSessionId: asChecked(checkSessionId),
  ifExists: yesOrNo,
  signal,
};

const NO_GUARD: Guard = Object.freeze({});

/** The guard of a write. Throws the signal's reason when it was aborted before the write began. */
export function guardOf(
  given: Preconditions | undefined,
  what: string,
  checks: Readonly<Record<string, OptionCheck>> = GUARD_CHECKS,
): Guard {
  if (given === undefined) return NO_GUARD;
  checkOptions(given, checks, what);
  const { ifRev, ifSessionId, ifExists, signal } = given;
  signal?.throwIfAborted();
  return {
    ...(ifRev !== undefined && { ifRev }),
    ...(ifSessionId !== undefined && { ifSessionId }),
    ...(ifExists !== undefined && { ifExists }),
    ...(signal !== undefined && { signal }),
  };
}
