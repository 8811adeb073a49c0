/**
 * What becomes of the sessions in a database, worked out before anything is written:
 *
 * - a key becomes a session, its window that is active the active conversation and its other windows
 *   the former ones, in the order in which they began;
 * - of several spellings of a key the newest is that session, the others are its former conversations;
 * - a transcript that belongs to no key, or to one that was removed, becomes a session of its own, as
 *   the program itself would have it: `agent:<id>:recovered:<session id>`;
 * - so does a file of the time before the database that never came into it, unless a session counts
 *   it among its own.
 *
 * Entries are read again when they are written: of a plan only keys, ids and times are in memory.
 */

import { canonicalKey } from '../canonical-key.ts';
import { newestSpelling } from '../case-variants.ts';
import { isKnownBefore } from '../known-before.ts';
import type { Ledger } from '../ledger.ts';
import { LooseTranscripts } from '../loose-transcripts.ts';
import { type Candidate, readEntry, type Where } from '../past-of.ts';
import type { SessionFiles } from '../session-files.ts';
import { SpokenFor } from '../spoken-for.ts';
import { Family, type Listed, type PlannedRows } from './planned-rows.ts';
import type { NodeRow, SessionTables } from './session-tables.ts';

export interface DatabasePlan {
  sessions: PlannedRows[];
  /** Keys in the database, whatever their entries are like. */
  entries: number;
  /** Sessions that were taken over before. */
  known: number;
  refused: { key: string; reason: string }[];
  /** Files of transcripts that stay where they lie. */
  orphans: string[];
  /** Files of transcripts that were set aside by a deletion. */
  deleted: number;
}

export interface DatabasePlanAsk {
  tables: SessionTables;
  /** Of the `sessions` directory; left out when there is none. */
  files: SessionFiles | undefined;
  ledger: Ledger;
  where: Where;
}

export async function planDatabase(ask: DatabasePlanAsk): Promise<DatabasePlan> {
  const { tables, files, ledger, where } = ask;
  const deleted = files?.archived.filter(({ why }) => why === 'deleted').length ?? 0;
  const none = { entries: 0, known: 0, refused: [], orphans: [] };
  const plan: DatabasePlan = { sessions: [], ...none, deleted };
  const { listed, spokenFor } = readAll(ask, plan);
  const family = new Family(tables, listed, plan.refused);
  const ids = family.ids.map((sessionId) => ({ sessionId }));
  const loose = files && new LooseTranscripts(files, [], ids, spokenFor);
  const { kept, lost } = newestSpelling(listed);
  for (const entry of kept) {
    const variants = lost.filter(({ to }) => to === entry).map(({ candidate }) => candidate);
    const isOthers = (id: string) => ![undefined, entry.key].includes(ledger.keyOf(id));
    const former = (await loose?.takeFamily(entry, isOthers)) ?? [];
    const session = family.sessionOf(entry, variants, former);
    if ('reason' in session) plan.refused.push({ key: entry.spelled, reason: session.reason });
    else if (!isKnownBefore(entry, listed, ledger, plan)) plan.sessions.push(session);
  }
  const rest = await loose?.takeRest(where.agentId);
  const ofFiles = (rest?.sessions ?? []).map(({ conversations, ...session }) => ({
    ...session,
    conversations: conversations.map((file) => ({ ...file, hasRows: false })),
  }));
  for (const session of [...family.recovered(where), ...ofFiles]) {
    const [{ sessionId } = { sessionId: '' }] = session.conversations;
    if (ledger.has(session.key) || ledger.keyOf(sessionId) !== undefined) continue;
    plan.sessions.push(session);
  }
  plan.orphans.push(...(rest?.left ?? []));
  return plan;
}

/** The entry of a row, of whatever shape, with what only the columns say. */
export function readNode(node: NodeRow, where: Where): Candidate | { reason: string } {
  const { sessionId, entryJson, updatedAt } = node;
  // The settings name no main session any more.
  const key = canonicalKey(node.key, { agentId: where.agentId, mainKey: 'main' });
  let entry: unknown;
  try {
    entry = JSON.parse(String(entryJson));
  } catch {
    return { reason: 'its entry_json is not JSON' };
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return readEntry(key, entry, where);
  }
  return readEntry(key, { sessionId, updatedAt, ...entry }, where);
}

/** Keys that can become sessions; the others are refused with their reason. */
function readAll(
  { tables, where }: DatabasePlanAsk,
  plan: DatabasePlan,
): { listed: Listed[]; spokenFor: SpokenFor } {
  const listed: Listed[] = [];
  const spokenFor = new SpokenFor();
  for (const node of tables.nodes()) {
    if (isRemoved(node)) continue;
    plan.entries += 1;
    const found = readNode(node, where);
    if ('reason' in found) {
      plan.refused.push({ key: node.key, reason: found.reason });
      spokenFor.add({ sessionId: node.sessionId });
      continue;
    }
    const { fields: _fields, stored: _stored, ...entry } = found;
    const createdAt = earliest(found.createdAt, node.createdAt);
    listed.push({ ...entry, createdAt, spelled: node.key });
  }
  return { listed, spokenFor };
}

/** OpenClaw has removed the session and kept its transcript, which belongs to no key any more. */
function isRemoved({ valid, entryJson }: NodeRow): boolean {
  return Number(valid) === -1 && /^\s*\{\s*\}\s*$/.test(String(entryJson));
}

function earliest(time: number, other: unknown): number {
  return typeof other === 'number' && other > 0 ? Math.min(time, Math.floor(other)) : time;
}
