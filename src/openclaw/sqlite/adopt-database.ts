/** Taking over the sessions of one database, as they were planned. */
import type { Backend, Past } from '../../contract/backend.ts';
import { isHoldfastError } from '../../model/errors.ts';
import { shown } from '../../model/text.ts';
import type { FileSystem } from '../../system/file-system.ts';
import type { AdoptedStore, Notice, Refusal } from '../adopt-report.ts';
import { countSession } from '../count-session.ts';
import { endsAll } from '../ends-all.ts';
import type { Ledger } from '../ledger.ts';
import { pastOf, type Where } from '../past-of.ts';
import { SkillPrompts } from '../skill-prompts.ts';
import type { AgentSessions } from '../state-dir.ts';
import { type Brought, bringRows, CHANGED, ChangedMeanwhile } from './bring-rows.ts';
import type { Database } from './database.ts';
import { type DatabasePlan, readNode } from './plan-database.ts';
import type { PlannedRows, PlannedWindow } from './planned-rows.ts';
import type { SessionTables } from './session-tables.ts';

/** What the sessions of one database are made from and into. */
export interface DatabaseWork {
  agent: AgentSessions;
  fs: FileSystem;
  database: Database;
  tables: SessionTables;
  ledger: Ledger;
  where: Where;
  /** Left out: nothing is written, and what can be found out without that is. */
  backend: Backend | undefined;
  /** Called after each session. */
  onSession(): void;
  signal: AbortSignal | undefined;
}

interface Made extends Brought {
  hasTranscript: boolean;
}

export class AdoptDatabase {
  readonly store: AdoptedStore;
  readonly refused: Refusal[] = [];
  readonly notices: Notice[] = [];
  readonly #work: DatabaseWork;
  readonly #prompts: SkillPrompts;

  constructor(work: DatabaseWork, path: string) {
    this.#work = work;
    this.#prompts = new SkillPrompts(work.fs, work.agent.directory);
    this.store = newStore(work.agent.agentId, path);
  }

  async run(plan: DatabasePlan): Promise<void> {
    const { store } = this;
    const { signal, onSession, ledger, tables, agent } = this.#work;
    store.entries = plan.entries;
    store.known = plan.known;
    store.orphans = plan.orphans.length;
    store.deleted = plan.deleted;
    for (const { key, reason } of plan.refused) this.#refuse(key, reason);
    if (plan.orphans.length > 0) {
      const reason = `${plan.orphans.length} files of transcripts are not read, because the database has their conversations or they are none, such as ${shown(plan.orphans[0])}`;
      this.notices.push({ path: agent.path, reason });
    }
    if (tables.isNewer)
      this.#tell(`its schema ${tables.schema} is newer than those that are known`);
    if (ledger.damagedLines > 0) {
      const reason = `${ledger.damagedLines} lines of the list of adopted sessions do not check`;
      this.notices.push({ path: agent.path, reason });
    }
    for (const session of plan.sessions) {
      signal?.throwIfAborted();
      if (this.#work.database.files.isUnchanged()) await this.#adopt(session);
      if (!this.#work.database.files.isUnchanged()) {
        this.#tell(CHANGED);
        return;
      }
      onSession();
    }
  }

  async #adopt(session: PlannedRows): Promise<void> {
    const { key, conversations } = session;
    const { backend, ledger } = this.#work;
    const told = [...session.told];
    let made: Made | { reason: string };
    try {
      made = await this.#make(session, told);
    } catch (error) {
      if (!isHoldfastError(error) || endsAll(error)) throw error;
      if (error instanceof ChangedMeanwhile) return;
      made = { reason: error.message };
    }
    if ('reason' in made) return this.#refuse(key, made.reason);
    this.#count(session, made, told);
    if (backend !== undefined) {
      for (const { sessionId } of conversations) await ledger.add(key, sessionId);
    }
    if (told.length > 0) this.#tell(told.join('. '), key);
  }

  async #make(session: PlannedRows, told: string[]): Promise<Made | { reason: string }> {
    const pasts: Past[] = [];
    for (const conversation of session.conversations) {
      const past = await this.#pastOf(session, conversation, told);
      if ('reason' in past) return past;
      pasts.push(past);
    }
    const { sessionId, hasRows } = session.conversations.at(-1) as PlannedWindow;
    const hasTranscript = hasRows && this.#work.tables.eventTimes(sessionId)[0] !== null;
    return { ...(await bringRows(session, pasts, this.#work, told)), hasTranscript };
  }

  /** What the store is given of one conversation: its entry, read again. */
  async #pastOf(
    { key, recovered }: PlannedRows,
    { sessionId, entryOf, beganAt, updatedAt, file }: PlannedWindow,
    told: string[],
  ): Promise<Past | { reason: string }> {
    const { tables, where } = this.#work;
    const times = { createdAt: beganAt, updatedAt };
    const bare = { key, sessionId, ...times, stored: undefined, family: [], notice: undefined };
    if (entryOf === undefined) {
      const entry = recovered ? { archivedAt: updatedAt } : tables.windowEntry(sessionId);
      return pastOf({ ...bare, fields: Object.entries<unknown>(entry) }, file, undefined);
    }
    const node = tables.node(entryOf);
    const entry = node === undefined ? { reason: 'it is gone' } : readNode(node, where);
    if ('reason' in entry) return entry;
    const skills = entry.fields.find(([field]) => field === 'skillsSnapshot')?.[1];
    const hydrated = await this.#prompts.hydrate(skills);
    // A session without its prompt would stay so; the entry is there still when it can be read again.
    if ('failed' in hydrated) return { reason: hydrated.reason };
    if ('reason' in hydrated) told.push(`its skillsSnapshot stays as it is: ${hydrated.reason}`);
    const snapshot = 'reason' in hydrated ? skills : hydrated.snapshot;
    return pastOf({ ...bare, fields: entry.fields }, undefined, snapshot);
  }

  #count({ conversations, recovered }: PlannedRows, made: Made, told: readonly string[]): void {
    const { store } = this;
    store.records = (store.records ?? 0) + made.records;
    countSession(store, {
      made: made.how === 'made',
      recovered,
      archives: conversations.length - 1,
      hasTranscript: made.hasTranscript,
      repaired: told.length > 0,
    });
  }

  #tell(reason: string, key?: string): void {
    this.notices.push({ ...(key !== undefined && { key }), path: this.store.path, reason });
  }

  #refuse(key: string, reason: string): void {
    this.refused.push({ key, path: this.store.path, reason });
    this.store.refused += 1;
  }
}

function newStore(agentId: string, path: string): AdoptedStore {
  const none = { entries: 0, adopted: 0, known: 0, refused: 0, repaired: 0, transcripts: 0 };
  const others = { archives: 0, recovered: 0, orphans: 0, deleted: 0, records: 0 };
  return { agentId, path, ...none, ...others };
}
