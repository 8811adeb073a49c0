/**
 * Taking over the sessions of a state directory, agent by agent and key by key. The directory's own
 * files are only read. Dying at any point is harmless: the next call goes on where this one ended.
 */
import { join } from 'node:path';
import type { Backend } from '../contract/backend.ts';
import { type HoldfastError, isHoldfastError } from '../model/errors.ts';
import { shown } from '../model/text.ts';
import type { System } from '../system/system.ts';
import type { AdoptedStore, AdoptReport, Notice, Refusal } from './adopt-report.ts';
import { type Assignment, assignTranscripts } from './assign-transcripts.ts';
import { newestSpelling } from './case-variants.ts';
import type { Ledger } from './ledger.ts';
import { type Candidate, pastOf, readEntry } from './past-of.ts';
import { isPrimary, listSessionFiles, type SessionFiles } from './session-files.ts';
import { readSessionsJson, type SessionsJson } from './sessions-json.ts';
import { hydrateSkills } from './skills-prompt.ts';
import type { AgentSessions, StateDir } from './state-dir.ts';

/** What the adoption of one agent's sessions needs. */
interface Work {
  readonly backend: Backend;
  readonly system: System;
  readonly agent: AgentSessions;
  readonly ledger: Ledger;
  readonly store: AdoptedStore;
  readonly refused: Refusal[];
  readonly notices: Notice[];
}

/** Takes over what `source` holds. `ledgerOf` opens the list of adopted keys of an agent. */
export async function adoptInto(
  backend: Backend,
  source: StateDir,
  system: System,
  ledgerOf: (agent: AgentSessions) => Promise<Ledger>,
): Promise<AdoptReport> {
  const notices = [...source.notices];
  const refused: Refusal[] = [];
  const stores: AdoptedStore[] = [];
  for (const agent of source.agents) {
    const path = `${agent.path}/sessions.json`;
    const store = {
      agentId: agent.agentId,
      path,
      entries: 0,
      adopted: 0,
      known: 0,
      refused: 0,
      orphans: 0,
    };
    const before = refused.length;
    const ledger = await ledgerOf(agent);
    const work = { backend, system, agent, ledger, store, refused, notices };
    if (await adoptAgent(work)) stores.push(store);
    store.refused = refused.length - before;
  }
  const sum = (field: 'adopted' | 'known') => stores.reduce((n, store) => n + store[field], 0);
  return { adopted: sum('adopted'), known: sum('known'), refused, notices, stores };
}

/** `false` when the agent has neither a list of sessions nor transcripts. */
async function adoptAgent(work: Work): Promise<boolean> {
  const { agent, store, notices, system } = work;
  const read = await readSessionsJson(system.fs, join(agent.directory, 'sessions.json'));
  const files = await listSessionFiles(system.fs, agent.directory);
  if (!('entries' in read)) {
    if ('missing' in read && files.transcripts.size === 0) return false;
    store.unreadable = 'missing' in read ? 'it is not there' : read.reason;
    const copies = files.temporaries.length;
    const beside =
      copies > 0
        ? ` Beside it lie ${copies} temporary files of its writer, the first is ${files.temporaries[0]}; one of them may be a whole copy.`
        : '';
    notices.push({
      path: store.path,
      reason: `${store.unreadable}; no session of agent ${shown(agent.agentId)} was taken over.${beside}`,
    });
    countOrphans(work, files, new Set());
    return true;
  }
  store.entries = read.entries.length;
  for (const key of read.repeated) {
    notices.push({
      key,
      path: store.path,
      reason: 'the file has this key more than once; the last one counts',
    });
  }
  if (work.ledger.damagedLines > 0) {
    notices.push({
      path: agent.path,
      reason: `${work.ledger.damagedLines} lines of the list of adopted sessions do not check`,
    });
  }
  const candidates = findCandidates(work, read);
  const assigned = await assignTranscripts(candidates, files, agent.agentId);
  for (const candidate of candidates) {
    await adoptOne(work, candidate, assigned.get(candidate) as Assignment, candidates);
  }
  tellMoved(work, candidates, assigned);
  countOrphans(work, files, new Set([...assigned.values()].map(({ file }) => file)));
  return true;
}

/** Entries that can become sessions; the others are refused with their reason. */
function findCandidates(work: Work, read: SessionsJson): Candidate[] {
  const { agent, system } = work;
  const where = { agentId: agent.agentId, fileTime: read.mtimeMs, now: system.clock.now() };
  const candidates: Candidate[] = [];
  for (const [key, value] of read.entries) {
    const found = readEntry(key, value, where);
    if ('reason' in found) refuse(work, key, found.reason);
    else candidates.push(found);
  }
  const { kept, lost } = newestSpelling(candidates);
  for (const { candidate, to } of lost) {
    refuse(work, candidate.key, `it is ${shown(to.key)} in other letters, which is newer`);
  }
  return kept;
}

async function adoptOne(
  work: Work,
  candidate: Candidate,
  transcript: Assignment,
  all: readonly Candidate[],
): Promise<void> {
  const { backend, system, agent, ledger, store } = work;
  const { key, sessionId } = candidate;
  if (ledger.has(key)) {
    store.known += 1;
    return;
  }
  const former = ledger.keyOf(sessionId);
  if (former !== undefined && !all.some((other) => other.key === former)) {
    return refuse(work, key, `its conversation was taken over as ${shown(former)} before`);
  }
  const notices = [candidate.notice, transcript.notice];
  const skills = candidate.fields.find(([field]) => field === 'skillsSnapshot')?.[1];
  const hydrated = await hydrateSkills(system.fs, agent.directory, skills);
  if ('reason' in hydrated) notices.push(`its skillsSnapshot stays as it is: ${hydrated.reason}`);
  const snapshot = 'reason' in hydrated ? skills : hydrated.snapshot;
  const past = pastOf(candidate, transcript.file, snapshot);
  if ('reason' in past) return refuse(work, key, past.reason);
  try {
    if (await backend.adopt(key, past)) {
      store.adopted += 1;
    } else {
      store.known += 1;
      const there = await backend.read(key);
      if (there !== undefined && there.sessionId !== sessionId) {
        notices.push('a session of this key is there with another conversation, and stays');
      }
    }
  } catch (error) {
    if (!isHoldfastError(error) || endsAll(error)) throw error;
    return refuse(work, key, error.message);
  }
  await ledger.add(key, sessionId);
  const told = notices.filter((notice) => notice !== undefined);
  if (told.length > 0) work.notices.push({ key, path: store.path, reason: told.join('. ') });
}

/** Errors that the next session would meet as well. */
function endsAll(error: HoldfastError): boolean {
  return error.code === 'DISK_FULL' || error.code === 'STORE_CLOSED';
}

function refuse(work: Work, key: string, reason: string): void {
  work.refused.push({ key, path: work.store.path, reason });
}

/** One notice for a directory that came from another home, not one for each of its sessions. */
function tellMoved(
  work: Work,
  candidates: readonly Candidate[],
  assigned: ReadonlyMap<Candidate, Assignment>,
): void {
  const moved = candidates.filter((candidate) => {
    const { moved: elsewhere, file } = assigned.get(candidate) as Assignment;
    return elsewhere && candidate.stored !== join(work.agent.directory, file as string);
  });
  const first = moved[0];
  if (first === undefined) return;
  const reason = `${moved.length} transcripts are named by the path of another home, such as ${shown(first.stored, 200)}; the files of the same name here are used`;
  work.notices.push({ path: work.store.path, reason });
}

function countOrphans(
  work: Work,
  files: SessionFiles,
  used: ReadonlySet<string | undefined>,
): void {
  const orphans = [...files.transcripts].filter((name) => isPrimary(name) && !used.has(name));
  work.store.orphans = orphans.length;
  if (orphans.length === 0) return;
  const reason = `${orphans.length} transcripts belong to no session and stay where they lie, such as ${shown(orphans[0])}`;
  work.notices.push({ path: work.agent.path, reason });
}
