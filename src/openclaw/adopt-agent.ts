/** Taking over the sessions of one agent. */
import { join } from 'node:path';
import type { Backend } from '../contract/backend.ts';
import { type HoldfastError, isHoldfastError } from '../model/errors.ts';
import { shown } from '../model/text.ts';
import type { System } from '../system/system.ts';
import type { AdoptedStore, Notice, Refusal } from './adopt-report.ts';
import { type Assignment, assignTranscripts } from './assign-transcripts.ts';
import { newestSpelling } from './case-variants.ts';
import type { Ledger } from './ledger.ts';
import { type Candidate, pastOf, readEntry } from './past-of.ts';
import { isPrimary, type SessionFiles } from './session-files.ts';
import type { SessionsJson } from './sessions-json.ts';
import { SkillPrompts } from './skill-prompts.ts';
import type { AgentSessions } from './state-dir.ts';

export class AdoptAgent {
  readonly store: AdoptedStore;
  readonly refused: Refusal[] = [];
  readonly notices: Notice[] = [];
  readonly #backend: Backend;
  readonly #system: System;
  readonly #agent: AgentSessions;
  readonly #prompts: SkillPrompts;

  constructor(backend: Backend, system: System, agent: AgentSessions) {
    this.#backend = backend;
    this.#system = system;
    this.#agent = agent;
    this.#prompts = new SkillPrompts(system.fs, agent.directory);
    const { agentId } = agent;
    const path = `${agent.path}/sessions.json`;
    this.store = { agentId, path, entries: 0, adopted: 0, known: 0, refused: 0, orphans: 0 };
  }

  /** The list can not be used: nothing is taken over. */
  giveUp(reason: string, files: SessionFiles | undefined): void {
    const { store } = this;
    store.unreadable = reason;
    const copies = files?.temporaries ?? [];
    const beside =
      copies.length > 0
        ? `; ${copies.length} temporary files of its writer lie beside it, such as ${copies[0]}, and may be whole`
        : '';
    const what = `${reason}; no session of agent ${shown(store.agentId)} was taken over${beside}`;
    this.notices.push({ path: store.path, reason: what });
    if (files !== undefined) this.#countOrphans(files, new Set());
  }

  async run(list: SessionsJson, files: SessionFiles, ledger: Ledger): Promise<void> {
    const { store, notices } = this;
    store.entries = list.entries.length;
    for (const key of list.repeated) {
      const reason = 'the file has this key more than once; the last one counts';
      notices.push({ key, path: store.path, reason });
    }
    if (ledger.damagedLines > 0) {
      const reason = `${ledger.damagedLines} lines of the list of adopted sessions do not check`;
      notices.push({ path: this.#agent.path, reason });
    }
    const candidates = this.#findCandidates(list);
    const assigned = await assignTranscripts(candidates, files, store.agentId);
    for (const candidate of candidates) {
      if (!this.#isKnown(candidate, candidates, ledger)) {
        await this.#adopt(candidate, assigned.get(candidate) as Assignment, ledger);
      }
    }
    this.#tellMoved(candidates, assigned);
    this.#countOrphans(files, new Set([...assigned.values()].map(({ file }) => file)));
  }

  /** Entries that can become sessions; the others are refused with their reason. */
  #findCandidates(list: SessionsJson): Candidate[] {
    const now = this.#system.clock.now();
    const where = { agentId: this.store.agentId, fileTime: list.mtimeMs, now };
    const candidates: Candidate[] = [];
    for (const [key, value] of list.entries) {
      const found = readEntry(key, value, where);
      if ('reason' in found) this.#refuse(key, found.reason);
      else candidates.push(found);
    }
    const { kept, lost } = newestSpelling(candidates);
    for (const { candidate, to } of lost) {
      this.#refuse(candidate.key, `it is ${shown(to.key)} in other letters, which is newer`);
    }
    return kept;
  }

  /** Whether the key, or its conversation under a key that is gone from the list, was adopted before. */
  #isKnown({ key, sessionId }: Candidate, all: readonly Candidate[], ledger: Ledger): boolean {
    if (ledger.has(key)) {
      this.store.known += 1;
      return true;
    }
    const former = ledger.keyOf(sessionId);
    if (former === undefined || all.some((other) => other.key === former)) return false;
    this.#refuse(key, `its conversation was taken over as ${shown(former)} before`);
    return true;
  }

  async #adopt(candidate: Candidate, transcript: Assignment, ledger: Ledger): Promise<void> {
    const { key, sessionId } = candidate;
    const told = [candidate.notice, transcript.notice];
    const skills = candidate.fields.find(([field]) => field === 'skillsSnapshot')?.[1];
    const hydrated = await this.#prompts.hydrate(skills);
    if ('reason' in hydrated) told.push(`its skillsSnapshot stays as it is: ${hydrated.reason}`);
    const snapshot = 'reason' in hydrated ? skills : hydrated.snapshot;
    const past = pastOf(candidate, transcript.file, snapshot);
    if ('reason' in past) return this.#refuse(key, past.reason);
    try {
      if (await this.#backend.adopt(key, past)) this.store.adopted += 1;
      else told.push(await this.#alreadyThere(key, sessionId));
    } catch (error) {
      if (!isHoldfastError(error) || endsAll(error)) throw error;
      return this.#refuse(key, error.message);
    }
    await ledger.add(key, sessionId);
    const reason = told.filter((text) => text !== undefined).join('. ');
    if (reason !== '') this.notices.push({ key, path: this.store.path, reason });
  }

  /** A session that was made by an adoption that died, or by somebody else. */
  async #alreadyThere(key: string, sessionId: string): Promise<string | undefined> {
    this.store.known += 1;
    const there = await this.#backend.read(key);
    if (there === undefined || there.sessionId === sessionId) return undefined;
    return 'a session of this key is there with another conversation, and stays';
  }

  #refuse(key: string, reason: string): void {
    this.refused.push({ key, path: this.store.path, reason });
    this.store.refused += 1;
  }

  /** One notice for a directory that came from another home, not one for each of its sessions. */
  #tellMoved(candidates: readonly Candidate[], assigned: Map<Candidate, Assignment>): void {
    const moved = candidates.filter((candidate) => {
      const { moved: elsewhere, file } = assigned.get(candidate) as Assignment;
      return elsewhere && candidate.stored !== join(this.#agent.directory, file as string);
    });
    if (moved.length === 0) return;
    const example = shown(moved[0]?.stored, 200);
    const reason = `${moved.length} transcripts are named by the path of another home, such as ${example}; the files of the same name here are used`;
    this.notices.push({ path: this.store.path, reason });
  }

  #countOrphans(files: SessionFiles, used: ReadonlySet<string | undefined>): void {
    const orphans = [...files.transcripts].filter((name) => isPrimary(name) && !used.has(name));
    this.store.orphans = orphans.length;
    if (orphans.length === 0) return;
    const reason = `${orphans.length} transcripts belong to no session and stay where they lie, such as ${shown(orphans[0])}`;
    this.notices.push({ path: this.#agent.path, reason });
  }
}

/** Errors that the next session would meet as well. */
function endsAll(error: HoldfastError): boolean {
  return error.code === 'DISK_FULL' || error.code === 'STORE_CLOSED';
}
