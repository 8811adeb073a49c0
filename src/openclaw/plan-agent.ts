/**
 * What becomes of the sessions of one agent, worked out before anything is written:
 *
 * - an entry becomes the session of its canonical key;
 * - of several spellings of a key the newest is that session, the others are its former conversations;
 * - a transcript that was set aside by a reset becomes a former conversation of the session that
 *   counts its id among its own, else a session of its own, as any other loose transcript does;
 * - everything else stays where it lies, and is told.
 */

import { mapSideBySide } from '../model/side-by-side.ts';
import { shown } from '../model/text.ts';
import type { Notice, Refusal } from './adopt-report.ts';
import { type Assignment, assignTranscripts } from './assign-transcripts.ts';
import { canonicalKey, type KeyRules } from './canonical-key.ts';
import { newestSpelling } from './case-variants.ts';
import type { EntryPlace } from './entry-places.ts';
import { isKnownBefore } from './known-before.ts';
import type { Ledger } from './ledger.ts';
import { LooseTranscripts } from './loose-transcripts.ts';
import { type Candidate, readEntry } from './past-of.ts';
import type { PlannedConversation, PlannedSession } from './planned-session.ts';
import type { SessionFiles } from './session-files.ts';
import type { SessionsJson } from './sessions-json.ts';
import { SpokenFor } from './spoken-for.ts';

/** Entries that are read side by side. */
const AT_ONCE = 16;

/** An entry with where it stands; its fields are read again when they are written. */
interface Listed extends Candidate {
  place: EntryPlace;
  spelled: string;
}

export interface AgentPlan {
  sessions: PlannedSession[];
  /** Sessions that were taken over before. */
  known: number;
  refused: Omit<Refusal, 'path'>[];
  notices: Omit<Notice, 'path'>[];
  /** Loose transcripts that stay where they lie. */
  orphans: string[];
  /** Transcripts that were set aside by a deletion. */
  deleted: number;
  /** Names by other homes: the path of one, and how many there are. */
  moved: { example: unknown; count: number } | undefined;
}

export interface PlanAsk {
  list: SessionsJson;
  files: SessionFiles;
  ledger: Ledger;
  rules: KeyRules;
  /** Milliseconds since the epoch. */
  now: number;
  directory: string;
}

export async function planAgent(ask: PlanAsk): Promise<AgentPlan> {
  const { files, ledger, rules } = ask;
  const plan: AgentPlan = {
    sessions: [],
    known: 0,
    refused: [],
    notices: [],
    orphans: [],
    deleted: files.archived.filter(({ why }) => why === 'deleted').length,
    moved: undefined,
  };
  const { listed, spokenFor } = await readAll(ask, plan);
  const assigned = await assignTranscripts(listed, files, rules.agentId);
  const loose = new LooseTranscripts(files, [...assigned.values()], listed, spokenFor);
  const { kept, lost } = newestSpelling(listed);
  for (const entry of kept) {
    const variants = lost.filter(({ to }) => to === entry).map(({ candidate }) => candidate);
    const isOthers = (id: string) => ![undefined, entry.key].includes(ledger.keyOf(id));
    const former = await loose.takeFamily(entry, isOthers);
    const session = sessionOf(entry, variants, former, assigned, plan);
    if (!isKnownBefore(entry, listed, ledger, plan)) plan.sessions.push(session);
  }
  await addLoose(plan, loose, ask);
  plan.moved = movedFiles(listed, assigned);
  return plan;
}

/** Entries that can become sessions; the others are refused with their reason. */
async function readAll(
  { list, rules, now }: PlanAsk,
  plan: AgentPlan,
): Promise<{ listed: Listed[]; spokenFor: SpokenFor }> {
  const listed: Listed[] = [];
  const spokenFor = new SpokenFor();
  const where = { agentId: rules.agentId, fileTime: list.mtimeMs, now };
  const found = await mapSideBySide(list.entries, AT_ONCE, async (place) => {
    const read = await list.value(place);
    const key = canonicalKey(place.key, rules);
    const entry = 'reason' in read ? read : readEntry(key, read.value, where);
    if ('reason' in entry) spokenFor.add('value' in read ? read.value : undefined);
    return 'reason' in entry ? entry : { ...entry, fields: [], place, spelled: place.key };
  });
  for (const [index, entry] of found.entries()) {
    const { key } = list.entries[index] as EntryPlace;
    if ('reason' in entry) plan.refused.push({ key, reason: entry.reason });
    else listed.push(entry);
  }
  return { listed, spokenFor };
}

/** The session of an entry, with the conversations that were under its key before. */
function sessionOf(
  entry: Listed,
  variants: readonly Listed[],
  former: PlannedConversation[],
  assigned: Map<Listed, Assignment>,
  plan: AgentPlan,
): PlannedSession {
  const told: string[] = [];
  const active = conversationOf(entry, assigned, told);
  if (entry.spelled !== entry.key) told.push(`its key was written ${shown(entry.spelled, 200)}`);
  const seen = new Set([entry.sessionId, ...former.map(({ sessionId }) => sessionId)]);
  for (const variant of variants) {
    if (seen.has(variant.sessionId)) {
      const reason = `it is ${shown(entry.spelled, 200)} in other letters, with the same conversation`;
      plan.refused.push({ key: variant.spelled, reason });
      continue;
    }
    seen.add(variant.sessionId);
    const conversation = conversationOf(variant, assigned, told);
    const ended = { reason: 'case-variant', archivedAt: conversation.updatedAt };
    former.push({ ...conversation, ended });
    told.push(`${shown(variant.spelled, 200)}, which is older, is one of its archives`);
  }
  former.sort((a, b) => a.updatedAt - b.updatedAt);
  // Files are set aside a moment after the entry was written, whose time is the session's.
  const before = former.map((each) => ({
    ...each,
    updatedAt: Math.min(each.updatedAt, active.updatedAt),
  }));
  return { key: entry.key, conversations: [...before, active], told, recovered: false };
}

function conversationOf(
  entry: Listed,
  assigned: Map<Listed, Assignment>,
  told: string[],
): PlannedConversation {
  const { sessionId, createdAt, updatedAt, place, notice } = entry;
  const transcript = assigned.get(entry) as Assignment;
  for (const text of [notice, transcript.notice]) if (text !== undefined) told.push(text);
  const { file } = transcript;
  return { sessionId, beganAt: createdAt, updatedAt, place, ...(file !== undefined && { file }) };
}

/** Loose transcripts become sessions of their own, but for those that were some session's before. */
async function addLoose(plan: AgentPlan, loose: LooseTranscripts, ask: PlanAsk): Promise<void> {
  const { sessions, left } = await loose.takeRest(ask.rules.agentId);
  for (const session of sessions) {
    const [{ sessionId }] = session.conversations as [PlannedConversation];
    const known = ask.ledger.has(session.key) || ask.ledger.keyOf(sessionId) !== undefined;
    if (known) continue;
    plan.sessions.push(session);
  }
  plan.orphans.push(...left);
}

function movedFiles(
  listed: readonly Listed[],
  assigned: Map<Listed, Assignment>,
): AgentPlan['moved'] {
  const moved = listed.filter((entry) => (assigned.get(entry) as Assignment).moved);
  return moved.length === 0 ? undefined : { example: moved[0]?.stored, count: moved.length };
}
