/** Taking over the sessions of one agent, as they were planned. */
import type { Backend, Past } from '../contract/backend.ts';
import { isHoldfastError } from '../model/errors.ts';
import { mapSideBySide } from '../model/side-by-side.ts';
import { shown } from '../model/text.ts';
import type { FileSystem } from '../system/file-system.ts';
import type { AdoptedStore, Notice, Refusal } from './adopt-report.ts';
import { countSession } from './count-session.ts';
import { endsAll } from './ends-all.ts';
import type { Ledger } from './ledger.ts';
import { nextOf } from './next-of.ts';
import { pastOf, readEntry } from './past-of.ts';
import type { AgentPlan } from './plan-agent.ts';
import type { PlannedConversation, PlannedSession } from './planned-session.ts';
import type { SessionFiles } from './session-files.ts';
import type { SessionsJson } from './sessions-json.ts';
import { SkillPrompts } from './skill-prompts.ts';
import type { AgentSessions } from './state-dir.ts';

/** What the sessions of one agent are made from and into. */
export interface AgentWork {
  agent: AgentSessions;
  fs: FileSystem;
  list: SessionsJson;
  ledger: Ledger;
  /** Left out: nothing is written, and what can be found out without that is. */
  backend: Backend | undefined;
  /** Called after each session. */
  onSession(): void;
  signal: AbortSignal | undefined;
}

/** Sessions that are made side by side. */
const AT_ONCE = 8;

export class AdoptAgent {
  readonly store: AdoptedStore;
  readonly refused: Refusal[] = [];
  readonly notices: Notice[] = [];

  constructor({ agentId, path }: AgentSessions) {
    this.store = {
      agentId,
      path: `${path}/sessions.json`,
      entries: 0,
      adopted: 0,
      known: 0,
      refused: 0,
      repaired: 0,
      transcripts: 0,
      archives: 0,
      recovered: 0,
      orphans: 0,
      deleted: 0,
    };
  }

  /** The list can not be used: nothing is taken over. */
  giveUp(reason: string, files: SessionFiles | undefined): void {
    const { store } = this;
    store.unreadable = reason;
    store.orphans = files?.transcripts.size ?? 0;
    const copies = files?.temporaries ?? [];
    const beside =
      copies.length > 0
        ? `; ${copies.length} temporary files of its writer lie beside it, such as ${copies[0]}, and may be whole`
        : '';
    this.notices.push({
      path: store.path,
      reason: `${reason}; no session of agent ${shown(store.agentId)} was taken over${beside}`,
    });
  }

  async run(plan: AgentPlan, work: AgentWork): Promise<void> {
    this.#tell(plan, work);
    const prompts = new SkillPrompts(work.fs, work.agent.directory);
    const outcomes = await mapSideBySide(plan.sessions, AT_ONCE, async (session) => {
      work.signal?.throwIfAborted();
      const outcome = await adopt(session, prompts, work);
      work.onSession();
      return outcome;
    });
    for (const [at, session] of plan.sessions.entries()) {
      this.#count(session, outcomes[at] as Outcome);
    }
  }

  #tell(plan: AgentPlan, { agent, list, ledger }: AgentWork): void {
    const { store } = this;
    store.entries = list.entries.length;
    store.known = plan.known;
    store.orphans = plan.orphans.length;
    store.deleted = plan.deleted;
    for (const { key, reason } of plan.refused) this.#refuse(key, reason);
    const notice = (reason: string, rest: Partial<Notice> = {}) =>
      this.notices.push({ path: store.path, ...rest, reason });
    if (list.damage !== undefined) {
      notice(`${list.damage}; the ${list.entries.length} entries before that are taken over`);
    }
    for (const key of list.repeated) {
      notice('the file has this key more than once; the last one counts', { key });
    }
    if (ledger.damagedLines > 0) {
      const reason = `${ledger.damagedLines} lines of the list of adopted sessions do not check`;
      notice(reason, { path: agent.path });
    }
    if (plan.moved !== undefined) {
      const example = shown(plan.moved.example, 200);
      notice(
        `${plan.moved.count} transcripts are named by the path of another home, such as ${example}; the files of the same name here are used`,
      );
    }
    if (plan.orphans.length > 0) {
      notice(
        `${plan.orphans.length} transcripts belong to no session and stay where they lie, such as ${shown(plan.orphans[0])}`,
        { path: agent.path },
      );
    }
  }

  #count({ key, conversations, recovered }: PlannedSession, outcome: Outcome): void {
    if ('refused' in outcome) {
      this.#refuse(key, outcome.refused);
      return;
    }
    const { store } = this;
    const { made, told } = outcome;
    if (told.length > 0) this.notices.push({ key, path: store.path, reason: told.join('. ') });
    countSession(store, {
      made,
      recovered,
      archives: conversations.length - 1,
      hasTranscript: conversations.at(-1)?.file !== undefined,
      repaired: told.length > 0,
    });
  }

  #refuse(key: string, reason: string): void {
    this.refused.push({ key, path: this.store.path, reason });
    this.store.refused += 1;
  }
}

/** What became of one session: made or there already, or why it is not. */
type Outcome = { made: boolean; told: string[] } | { refused: string };

async function adopt(
  session: PlannedSession,
  prompts: SkillPrompts,
  work: AgentWork,
): Promise<Outcome> {
  const { key, conversations } = session;
  const told = [...session.told];
  const pasts: Past[] = [];
  for (const conversation of conversations) {
    const past = await pastOfConversation(session, conversation, prompts, work, told);
    if ('reason' in past) return { refused: past.reason };
    pasts.push(past);
  }
  let made: Brought;
  try {
    made = await bring(work.backend, session, pasts);
  } catch (error) {
    if (!isHoldfastError(error) || endsAll(error)) throw error;
    return { refused: error.message };
  }
  if (made === 'another') {
    told.push('a session of this key is there with another conversation, and stays');
  }
  if (work.backend !== undefined) {
    await Promise.all(conversations.map(({ sessionId }) => work.ledger.add(key, sessionId)));
  }
  return { made: made === 'made', told };
}

/** What the store is given of one conversation: its entry, read again, with its transcript's name. */
async function pastOfConversation(
  { key, recovered }: PlannedSession,
  { sessionId, place, file, beganAt, updatedAt }: PlannedConversation,
  prompts: SkillPrompts,
  { agent, list }: AgentWork,
  told: string[],
): Promise<Past | { reason: string }> {
  const times = { createdAt: beganAt, updatedAt };
  const bare = { key, sessionId, ...times, stored: undefined, family: [], notice: undefined };
  if (place === undefined) {
    const fields: [string, unknown][] = recovered ? [['archivedAt', updatedAt]] : [];
    return pastOf({ ...bare, fields }, file, undefined);
  }
  const read = await list.value(place);
  if ('reason' in read) return read;
  const where = { agentId: agent.agentId, fileTime: list.mtimeMs, now: updatedAt };
  const entry = readEntry(key, read.value, where);
  if ('reason' in entry) return entry;
  const skills = entry.fields.find(([field]) => field === 'skillsSnapshot')?.[1];
  const hydrated = await prompts.hydrate(skills);
  // A session without its prompt would stay so; the entry is there still when it can be read again.
  if ('failed' in hydrated) return { reason: hydrated.reason };
  if ('reason' in hydrated) told.push(`its skillsSnapshot stays as it is: ${hydrated.reason}`);
  const snapshot = 'reason' in hydrated ? skills : hydrated.snapshot;
  return pastOf({ ...bare, fields: entry.fields }, file, snapshot);
}

type Brought = 'made' | 'there' | 'another';

/**
 * Makes the session, its oldest conversation first. A run that died in between left it with one of
 * its former conversations as the active one: the others follow from there.
 */
async function bring(
  backend: Backend | undefined,
  { key, conversations }: PlannedSession,
  pasts: readonly Past[],
): Promise<Brought> {
  if (backend === undefined) return 'made';
  const [oldest] = pasts as [Past];
  let at = 0;
  if (!(await backend.adopt(key, oldest))) {
    const there = await backend.read(key);
    if (there === undefined) return 'there';
    at = conversations.findIndex(({ sessionId }) => sessionId === there.sessionId);
    if (at < 0) return 'another';
    if (at === conversations.length - 1) return 'there';
  }
  for (const [index, past] of pasts.entries()) {
    if (index <= at) continue;
    const former = conversations[index - 1] as PlannedConversation;
    await backend.adoptNext(key, nextOf(past, former), { ifSessionId: former.sessionId });
  }
  return 'made';
}
