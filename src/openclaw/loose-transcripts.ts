/**
 * Transcripts of one `sessions` directory to which no entry refers. The program of the JSON era left
 * many: every rollover of its older versions, and every reset, which set the file aside.
 */
import { isSessionId } from '../model/session-id.ts';
import { shown } from '../model/text.ts';
import type { Assignment } from './assign-transcripts.ts';
import type { Candidate } from './past-of.ts';
import type { PlannedConversation, PlannedSession } from './planned-session.ts';
import { isPrimary, type SessionFiles } from './session-files.ts';
import type { SpokenFor } from './spoken-for.ts';

/** One that can be a conversation. */
interface Loose {
  name: string;
  sessionId: string;
  /** Set when it was set aside: when, and why. */
  aside: { at: number; reason: string } | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class LooseTranscripts {
  readonly #files: SessionFiles;
  /** By the id in their names; what was taken is gone. */
  readonly #loose = new Map<string, Loose[]>();
  readonly #ids: ReadonlySet<string>;
  readonly #spokenFor: SpokenFor;
  readonly #taken = new Set<string>();

  constructor(
    files: SessionFiles,
    assigned: readonly Assignment[],
    entries: readonly Pick<Candidate, 'sessionId'>[],
    spokenFor: SpokenFor,
  ) {
    this.#spokenFor = spokenFor;
    this.#files = files;
    this.#ids = new Set(entries.map(({ sessionId }) => sessionId));
    const used = new Set(assigned.map(({ file }) => file));
    for (const { name, sessionId, why, at } of files.archived) {
      // What a user deleted, or a repair kept as a copy, is no conversation any more.
      if (why === 'reset') this.#add({ name, sessionId, aside: { at, reason: 'reset' } });
    }
    for (const name of files.transcripts) {
      if (!isPrimary(name) || used.has(name)) continue;
      this.#add({ name, sessionId: files.idOf(name), aside: undefined });
    }
  }

  #add(loose: Loose): void {
    const { sessionId } = loose;
    this.#loose.set(sessionId, [...(this.#loose.get(sessionId) ?? []), loose]);
  }

  /** Conversations that the entry counts among its own, but for the active one and others' own. */
  async takeFamily(
    { sessionId, family }: Pick<Candidate, 'sessionId' | 'family'>,
    isOthers: (sessionId: string) => boolean,
  ): Promise<PlannedConversation[]> {
    const taken: PlannedConversation[] = [];
    for (const id of family) {
      if (isOthers(id)) continue;
      const [loose, ...others] = this.#loose.get(id) ?? [];
      if (loose === undefined || id === sessionId || this.#ids.has(id)) continue;
      // A second file of one conversation has no place in it.
      if (others.length > 0) this.#loose.set(id, others);
      else this.#loose.delete(id);
      const { updatedAt, ...conversation } = await this.#conversation(loose);
      const reason = loose.aside?.reason ?? 'rollover';
      taken.push({ ...conversation, updatedAt, ended: { reason, archivedAt: updatedAt } });
      this.#taken.add(id);
    }
    return taken;
  }

  /** All others: a session for each, and the names of those that can be none. */
  async takeRest(agentId: string): Promise<{ sessions: PlannedSession[]; left: string[] }> {
    const sessions: PlannedSession[] = [];
    const left: string[] = [];
    const ids = new Set<string>([...this.#ids, ...this.#taken]);
    for (const loose of [...this.#loose.values()].flat()) {
      const { sessionId } = loose;
      const other = ids.has(sessionId) || this.#spokenFor.has(loose.name, sessionId);
      if (other || !(await this.#isTranscript(loose))) {
        left.push(loose.name);
        continue;
      }
      ids.add(sessionId);
      const conversation = await this.#conversation(loose);
      const key = `agent:${agentId}:recovered:${sessionId.toLowerCase()}`;
      const told = await this.#unlikeName(loose);
      sessions.push({ key, conversations: [conversation], told, recovered: true });
    }
    this.#loose.clear();
    return { sessions, left };
  }

  /** A foreign file may have such a name; one whose header is lost has an id that nothing else has. */
  async #isTranscript({ name, sessionId }: Loose): Promise<boolean> {
    if (!isSessionId(sessionId)) return false;
    return UUID.test(sessionId) || (await this.#files.header(name)) !== undefined;
  }

  async #unlikeName({ name, sessionId }: Loose): Promise<string[]> {
    const header = await this.#files.header(name);
    if (header === undefined) return [`its transcript ${name} has no header`];
    if (header.sessionId === sessionId) return [];
    return [`the header of its transcript ${name} names ${shown(header.sessionId)}`];
  }

  async #conversation({ name, sessionId, aside }: Loose): Promise<PlannedConversation> {
    const header = await this.#files.header(name);
    const changed = aside?.at ?? (await this.#files.changedAt(name)) ?? 1;
    const updatedAt = Math.max(1, Math.floor(changed));
    const beganAt = Math.min(header?.beganAt ?? updatedAt, updatedAt);
    return { sessionId, beganAt, updatedAt, file: name };
  }
}
