import { shown } from '../model/text.ts';
import type { Ledger } from './ledger.ts';

/** A session that is to be made, with the key of its entry as it stood there. */
interface Planned {
  key: string;
  spelled: string;
  sessionId: string;
}

/** What a plan tells of sessions that are not made. */
interface Told {
  known: number;
  refused: { key: string; reason: string }[];
}

/**
 * Whether the key, or its conversation under a key that is gone from the list, was adopted before;
 * the plan then says so. `all`: everything that the list has.
 */
export function isKnownBefore(
  { key, spelled, sessionId }: Planned,
  all: readonly { key: string }[],
  ledger: Ledger,
  plan: Told,
): boolean {
  if (ledger.has(key) || ledger.has(spelled)) {
    plan.known += 1;
    return true;
  }
  const former = ledger.keyOf(sessionId);
  if (former === undefined || all.some((other) => other.key === former)) return false;
  const reason = `its conversation was taken over as ${shown(former)} before`;
  plan.refused.push({ key: spelled, reason });
  return true;
}
