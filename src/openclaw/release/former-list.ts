/**
 * The `sessions.json` that lies in the directory when it is released. What the store has no session
 * of, and never had, is still only there: entries that adoption refused, and those that came later.
 */
import { join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { isPlainObject } from '../../model/plain-object.ts';
import type { System } from '../../system/system.ts';
import { type Ledger, openLedger } from '../ledger.ts';
import { readSessionsJson } from '../sessions-json.ts';

export interface FormerList {
  /** In the order of the file. */
  readonly entries: ReadonlyMap<string, unknown>;
  /** Why nothing can be taken from it. */
  readonly unreadable?: string;
  /** Whether the key became a session of the store once. */
  wasAdopted(key: string): boolean;
}

export const NO_FORMER_LIST: FormerList = { entries: new Map(), wasAdopted: () => false };

/** Reads the list of an agent; one that is not there is an empty one. */
export async function readFormerList(system: System, sessionsDir: string): Promise<FormerList> {
  const ledger: Ledger = await openLedger(system, sessionsDir);
  const wasAdopted = (key: string) => ledger.has(key);
  const list = await readSessionsJson(system.fs, join(sessionsDir, 'sessions.json'));
  // What can not be read now is not gone: its entries would be.
  if ('reason' in list && list.reason.startsWith('it cannot be read')) {
    throw new HoldfastError(
      'IO_FAILED',
      `${join(sessionsDir, 'sessions.json')}: ${list.reason}. Nothing was changed.`,
    );
  }
  if ('reason' in list) return { entries: new Map(), unreadable: list.reason, wasAdopted };
  const entries = 'missing' in list ? [] : list.entries;
  return { entries: new Map(entries), wasAdopted };
}

/** The conversation that an entry of any shape names. */
export function sessionIdIn(entry: unknown): string | undefined {
  const id = isPlainObject(entry) ? entry.sessionId : undefined;
  return typeof id === 'string' ? id : undefined;
}
