/**
 * What will become of the sessions of one agent: which transcripts stay where they lie, which are
 * written and under which names. Only names and times are kept, so that a plan of many sessions is
 * small; entries are read again when they are written.
 */
import type { Backend } from '../../contract/backend.ts';
import type { Archive, SessionState } from '../../model/state.ts';
import { archiveName, isArchiveName, stampOf } from './archive-name.ts';
import type { FormerList } from './former-list.ts';
import { intendedName } from './transcript-in-place.ts';

/** Why adoption archives the conversation of a transcript that no entry refers to. */
const ROLLOVER = 'rollover';

/** `in-place`: it lies there. `written`: it is made. `intended`: OpenClaw would write it there. */
export interface PlannedTranscript {
  kind: 'in-place' | 'written' | 'intended' | 'none';
  name?: string;
}

export interface PlannedArchive {
  sessionId: string;
  /** Its name as an archive. */
  name: string;
  /** Its present name; left out: it is written. The same name: it is an archive already. */
  from?: string;
}

export interface PlannedSession {
  key: string;
  sessionId: string;
  /** When its active conversation began. */
  beganAt: number;
  transcript: PlannedTranscript;
  archives: PlannedArchive[];
}

export interface AgentReturn {
  agentId: string;
  sessions: Map<string, PlannedSession>;
  /** Keys of transcripts without a session, which stay that. */
  orphans: string[];
  /** Sessions whose turns run. */
  busy: string[];
  former: FormerList;
}

/** Where the plan looks things up. */
export interface PlanSources {
  backend: Backend;
  /** The name of the transcript that lies in the directory already, for what an entry stores. */
  inPlace(agentId: string, stored: unknown): Promise<string | undefined>;
  onSession(): void;
}

/** A conversation before it has a name of its own. */
interface Seen {
  state: Pick<SessionState, 'key' | 'sessionId'>;
  beganAt: number;
  stored: string | undefined;
  said: boolean;
  archives: { archive: Omit<Archive, 'entry'>; stored: string | undefined; said: boolean }[];
}

/** `keys`: the sessions of the agent in the store. */
export async function planReturn(
  sources: PlanSources,
  agentId: string,
  keys: readonly string[],
  former: FormerList,
): Promise<AgentReturn> {
  const plan: AgentReturn = { agentId, sessions: new Map(), orphans: [], busy: [], former };
  const all: Seen[] = [];
  for (const key of keys) {
    const state = await sources.backend.read(key);
    sources.onSession();
    if (state === undefined) continue;
    if (state.turn?.status === 'running') plan.busy.push(key);
    const seen = await look(sources, agentId, state);
    if (isStillOrphan(state, seen, former)) plan.orphans.push(key);
    else all.push(seen);
  }
  const taken = new Map<string, Seen>();
  for (const seen of all) {
    for (const { stored } of [seen, ...seen.archives]) {
      if (stored !== undefined && !taken.has(stored)) taken.set(stored, seen);
    }
  }
  for (const seen of all) plan.sessions.set(seen.state.key, named(seen, taken, plan));
  return plan;
}

async function look(
  { backend, inPlace }: PlanSources,
  agentId: string,
  { key, sessionId, entry, createdAt }: SessionState,
): Promise<Seen> {
  const said = async (id: string) => {
    const last = backend.transcript(key, { sessionId: id, last: 1, onDamage: 'skip' });
    for await (const _record of last) return true;
    return false;
  };
  const archives: Seen['archives'] = [];
  for (const { entry: former, ...archive } of await backend.archives(key)) {
    const stored = await inPlace(agentId, former.sessionFile);
    archives.push({
      archive,
      stored,
      said: stored !== undefined || (await said(archive.sessionId)),
    });
  }
  const stored = await inPlace(agentId, entry.sessionFile);
  return {
    state: { key, sessionId },
    // No store tells when the active conversation began; a reset began it when it ended the former one.
    beganAt: archives[0]?.archive.archivedAt ?? createdAt,
    stored,
    said: stored !== undefined || (await said(sessionId)),
    archives,
  };
}

/** What adoption found without a session, and nobody has touched since, is left as it was found. */
function isStillOrphan(state: SessionState, { stored, archives }: Seen, former: FormerList) {
  return (
    /^agent:[^:]+:recovered:/.test(state.key) &&
    state.rev === 1 &&
    state.entry.archivedAt !== undefined &&
    stored !== undefined &&
    archives.length === 0 &&
    former.of(state.key) === undefined
  );
}

function named(seen: Seen, taken: Map<string, Seen>, plan: AgentReturn): PlannedSession {
  const { key, sessionId } = seen.state;
  const { beganAt } = seen;
  const archives: PlannedArchive[] = [];
  for (const { archive, stored, said } of seen.archives) {
    if (!said) continue;
    const own = stored !== undefined && taken.get(stored) === seen && stored !== seen.stored;
    const plain = own ? stored : `${archive.sessionId}.jsonl`;
    // What was loose when it was adopted is left as it was found.
    const loose = archive.reason === ROLLOVER && plan.former.hasConversation(archive.sessionId);
    const stays = own && (loose || isArchiveName(plain));
    let name = stays ? plain : archiveName(plain, archive.archivedAt);
    for (let n = 1; name !== plain && taken.has(name); n += 1) {
      name = archiveName(plain, archive.archivedAt + n);
    }
    taken.set(name, seen);
    archives.push({ sessionId: archive.sessionId, name, ...(own && { from: plain }) });
  }
  return { key, sessionId, beganAt, transcript: nameOf(seen, taken, plan), archives };
}

/** A name of its own for each transcript: two sessions may have one conversation id. */
function nameOf(seen: Seen, taken: Map<string, Seen>, plan: AgentReturn): PlannedTranscript {
  const { stored, said, beganAt } = seen;
  const { key, sessionId } = seen.state;
  if (stored !== undefined && taken.get(stored) === seen) return { kind: 'in-place', name: stored };
  const formerly = said ? undefined : plan.former.of(key);
  if (formerly?.sessionId === sessionId) {
    const intended = intendedName(formerly.stored, plan.agentId, sessionId);
    const free = intended !== undefined && !taken.has(intended);
    return free ? { kind: 'intended', name: intended } : { kind: 'none' };
  }
  let name = `${sessionId}.jsonl`;
  // As OpenClaw names the transcript of a fork: the id in the name stays that of the header.
  for (let n = 0; taken.has(name); n += 1)
    name = `${stampOf(beganAt + n).replaceAll('.', '-')}_${sessionId}.jsonl`;
  taken.set(name, seen);
  return { kind: 'written', name };
}
