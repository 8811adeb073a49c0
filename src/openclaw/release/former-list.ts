/**
 * The `sessions.json` that lies in the directory when it is released. What the store has no session
 * of, and never had, is still only there: entries that adoption refused, and those that came later.
 */
import { join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { isPlainObject } from '../../model/plain-object.ts';
import type { System } from '../../system/system.ts';
import { canonicalKey } from '../canonical-key.ts';
import type { EntryPlace } from '../entry-places.ts';
import { openLedger } from '../ledger.ts';
import { openSessionsJson, type SessionsJson } from '../sessions-json.ts';
import { failed } from './release-failure.ts';

export interface FormerEntry {
  key: string;
  /** The key under which the store has it, if it has it. */
  canonical: string;
  /** The conversation that it names. */
  sessionId: string | undefined;
  /** `sessionFile` as it stands. */
  stored: unknown;
}

export interface FormerList {
  /** In the order of the file. */
  readonly entries: readonly FormerEntry[];
  /** Why nothing, or not all, can be taken from it. */
  readonly damage?: string;
  /** The entry of a session of the store. */
  of(key: string): FormerEntry | undefined;
  /** Whether the entry became a session of the store once. */
  wasAdopted(entry: FormerEntry): boolean;
  /** Whether a conversation came with an adoption. */
  hasConversation(sessionId: string): boolean;
  /** An entry as it stands; read again, because all of them may be too much. */
  value(entry: FormerEntry): Promise<unknown>;
  close(): Promise<void>;
}

export const NO_FORMER_LIST: FormerList = {
  entries: [],
  of: () => undefined,
  wasAdopted: () => false,
  hasConversation: () => false,
  value: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
};

/** The list of an agent; one that is not there is an empty one. It is the caller's to close. */
export async function openFormerList(
  system: System,
  { agentId, directory }: { agentId: string; directory: string },
  mainKey: string,
): Promise<FormerList> {
  const ledger = await openLedger(system, directory);
  const path = join(directory, 'sessions.json');
  const adopted = {
    wasAdopted: ({ key, canonical }: FormerEntry) => ledger.has(key) || ledger.has(canonical),
    hasConversation: (sessionId: string) => ledger.keyOf(sessionId) !== undefined,
  };
  const list = await openSessionsJson(system.fs, path, { salvage: true }).catch((cause) => {
    throw failed(`read ${path}`, cause);
  });
  if (!('entries' in list)) {
    // What can not be read now is not gone: its entries would be.
    if ('reason' in list && /^it cannot be (read|looked at)/.test(list.reason)) {
      throw new HoldfastError('IO_FAILED', `${path}: ${list.reason}. Nothing was changed.`);
    }
    return { ...NO_FORMER_LIST, ...adopted, ...('reason' in list && { damage: list.reason }) };
  }
  return readEntries(list, path, { agentId, mainKey }, adopted);
}

async function readEntries(
  list: SessionsJson,
  path: string,
  rules: Parameters<typeof canonicalKey>[1],
  adopted: Pick<FormerList, 'wasAdopted' | 'hasConversation'>,
): Promise<FormerList> {
  const places = new Map<FormerEntry, EntryPlace>();
  const valueAt = async (place: EntryPlace): Promise<unknown> => {
    const read = await list.value(place);
    if ('value' in read) return read.value;
    throw new HoldfastError('IO_FAILED', `${path}: ${read.reason}. Nothing was changed.`);
  };
  try {
    for (const place of list.entries) {
      const { key } = place;
      const read = await list.value(place);
      if ('reason' in read && list.damage !== undefined) {
        // Where even what stands before the damage does not hold, nothing is taken from it.
        await list.close();
        return { ...NO_FORMER_LIST, ...adopted, damage: `${list.damage}; ${read.reason}` };
      }
      const value = await valueAt(place);
      const { sessionId, sessionFile } = isPlainObject(value) ? value : {};
      const entry: FormerEntry = {
        key,
        canonical: canonicalKey(key, rules),
        sessionId: typeof sessionId === 'string' ? sessionId : undefined,
        stored: sessionFile,
      };
      places.set(entry, place);
    }
  } catch (cause) {
    await list.close();
    throw failed(`read ${path}`, cause);
  }
  const entries = [...places.keys()];
  const byKey = new Map(entries.map((entry) => [entry.canonical, entry]));
  for (const entry of entries) byKey.set(entry.key, entry);
  return {
    entries,
    of: (key) => byKey.get(key),
    ...(list.damage !== undefined && { damage: list.damage }),
    ...adopted,
    value: (entry) => valueAt(places.get(entry) as EntryPlace),
    close: () => list.close(),
  };
}
