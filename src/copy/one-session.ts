/**
 * One session on its way into the target, one try at a time:
 *
 *     nothing there ──copied──▶ there ──same checksum──▶ same
 *                                 │ other checksum
 *                                 ├──the copy's own──▶ removed, and copied in the next round
 *                                 └──somebody else's──▶ a conflict, left alone
 *
 * The comparison reads both stores after the last byte was written.
 */
import type { Backend } from '../contract/backend.ts';
import { type ErrorCode, isHoldfastError } from '../model/errors.ts';
import type { CopyLedger } from './copy-ledger.ts';
import type { CopyProblem } from './copy-report.ts';
import { copySession, type OneCopy } from './copy-session.ts';
import { SessionReader } from './session-reader.ts';
import { type SessionSum, sumOf } from './session-sum.ts';

/** What a try came to. `again`: it changed meanwhile. */
export type Outcome =
  | { kind: 'same'; sum: SessionSum; written: boolean }
  | { kind: 'gone' }
  | { kind: 'again' }
  | { kind: 'problem'; problem: CopyProblem };

export interface Stores {
  from: Backend;
  to: Backend;
  ledger: CopyLedger;
}

/** What a session can meet that is no matter of the other ones. */
const OF_ONE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'INVALID_ENTRY',
  'INVALID_KEY',
  'LIMIT_EXCEEDED',
  'ENTRY_DAMAGED',
  'TRANSCRIPT_DAMAGED',
  'UNSAFE_PATH',
]);
/** Somebody was quicker. */
const MOVED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'SESSION_GONE',
  'SESSION_CHANGED',
  'REV_CONFLICT',
]);

/** Tries to have a session in the target as it is in the source. */
export async function bringSession(stores: Stores, key: string, copy: OneCopy): Promise<Outcome> {
  const source = new SessionReader(stores.from, key);
  try {
    return await bring(stores, key, source, copy);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    const { code, message } = error;
    if (MOVED.has(code)) return { kind: 'again' };
    const ofOne = OF_ONE.has(code) || (source.failure === error && code !== 'STORE_CLOSED');
    if (!ofOne) throw error;
    await takeBack(stores, key);
    return { kind: 'problem', problem: { key, code, message } };
  }
}

async function bring(
  { to, ledger }: Stores,
  key: string,
  source: SessionReader,
  copy: OneCopy,
): Promise<Outcome> {
  const there = await sumOf(new SessionReader(to, key), copy.signal);
  if (there) {
    const wanted = await sumOf(source, copy.signal);
    if (wanted?.sum === there.sum) return same(ledger, key, there, false);
    if (!ledger.owns(key, there.sum)) {
      await ledger.leave(key);
      return wanted ? conflict(key) : { kind: 'gone' };
    }
    // From here on it is in no state that anybody may take for the whole.
    await ledger.begin(key);
    await to.remove(key, { ifRev: there.rev, ifSessionId: there.sessionId });
  }
  await ledger.begin(key);
  const copied = await copySession(source, to, key, copy);
  if (copied !== 'done') {
    await ledger.leave(key);
    return copied === 'gone' ? { kind: 'gone' } : { kind: 'again' };
  }
  const written = await sumOf(new SessionReader(to, key), copy.signal);
  const wanted = await sumOf(source, copy.signal);
  if (written === undefined || written.sum !== wanted?.sum) return { kind: 'again' };
  return same(ledger, key, written, true);
}

async function same(
  ledger: CopyLedger,
  key: string,
  sum: SessionSum,
  written: boolean,
): Promise<Outcome> {
  const ours = written || ledger.isHalf(key);
  if (ours) await ledger.done(key, sum.sum);
  return { kind: 'same', sum, written: ours };
}

function conflict(key: string): Outcome {
  const message =
    'The target has another session under this key. It was left alone: remove one of the two, or copy into an empty store.';
  return { kind: 'problem', problem: { key, code: 'CONFLICT', message } };
}

/** A session that could not be copied wholly is not left in part. */
async function takeBack({ to, ledger }: Stores, key: string): Promise<void> {
  if (!ledger.isHalf(key)) return;
  await to.remove(key, {});
  await ledger.leave(key);
}
