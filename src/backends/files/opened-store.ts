import { join } from 'node:path';
import type { Warning } from '../../contract/store.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { System } from '../../system/system.ts';
import { AgentFiles } from './agent-files.ts';
import { DescriptorPool, openFilesDefault } from './descriptor-pool.ts';
import { Disk } from './disk.ts';
import type { FilesContext } from './files-context.ts';
import { foldAgain } from './fold-log.ts';
import { ioError, isMissing } from './io-error.ts';
import { agentFolder } from './layout.ts';
import { SessionFiles } from './session-files.ts';
import { SessionIndex } from './session-index.ts';

/** How a store on files is opened. */
export interface FilesOptions {
  durability: 'process' | 'power';
  /** The opener's name, for people who look who is there. */
  instance: string;
  /** Milliseconds that a commit waits for its session. */
  lockWaitMs: number;
  /** Descriptors kept open at most; running turns hold one more each. Default: {@link openFilesDefault}. */
  openFilesMax?: number | undefined;
  onWarning: (warning: Warning) => void;
  /** `IO_FAILED` instead of making a directory that is missing. */
  existing?: boolean;
}

/** Sessions whose last state is kept in memory; the others are read again when they are needed. */
const SESSIONS_KEPT_MAX = 4_096;
/** How many are looked at for one that may be dropped, so that no call pays for many. */
const EVICTION_TRIES = 64;
const TURN_POLL_MS = 50;

/** Everything that one opened store keeps in memory. */
export class OpenedStore implements FilesContext {
  readonly system: System;
  readonly root: string;
  readonly power: boolean;
  readonly lockWaitMs: number;
  readonly instance: string;
  readonly disk: Disk;
  readonly pool: DescriptorPool;
  readonly folds = new Set<SessionFiles>();
  readonly warn: (warning: Warning) => void;
  readonly #identity: string;
  readonly #agents = new Map<string, AgentFiles>();
  readonly #indexes = new Map<AgentFiles, SessionIndex>();
  readonly #sessions = new Map<string, SessionFiles>();
  readonly #later = new Set<Promise<void>>();
  readonly #stopPolling: () => void;
  closed = false;

  constructor(system: System, root: string, options: FilesOptions) {
    this.system = system;
    this.root = root;
    this.power = options.durability === 'power';
    this.lockWaitMs = options.lockWaitMs;
    this.instance = options.instance;
    this.disk = new Disk(system);
    this.pool = new DescriptorPool(
      options.openFilesMax ?? openFilesDefault(system.machine.openFilesLimit),
    );
    this.warn = options.onWarning;
    const { host, pid } = system.machine;
    const since = new Date(system.clock.now()).toISOString();
    this.#identity = `${JSON.stringify({ host, pid, instance: options.instance, since })}\n`;
    this.#stopPolling = system.timers.every(TURN_POLL_MS, () => this.#lookAfterTurns());
  }

  agent(agentId: string): AgentFiles {
    return this.#agentIn(agentFolder(agentId));
  }

  agents(): AgentFiles[] {
    let names: string[];
    try {
      names = this.system.fs.readdirSync(join(this.root, 'agents'));
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw ioError(cause, 'list the agents');
    }
    const plain = names.filter((name) => /^[a-z0-9][a-z0-9_~-]{0,97}$/.test(name));
    return plain.map((name) => this.#agentIn(name)).filter((agent) => this.#isUsable(agent));
  }

  index(agent: AgentFiles): SessionIndex {
    let index = this.#indexes.get(agent);
    if (!index) {
      index = new SessionIndex(this, agent);
      this.#indexes.set(agent, index);
    }
    return index;
  }

  session(key: string): SessionFiles {
    let session = this.#sessions.get(key);
    if (!session) {
      if (this.#sessions.size >= SESSIONS_KEPT_MAX) this.#evict();
      session = new SessionFiles(this, key);
      this.#sessions.set(key, session);
    }
    return session;
  }

  later(work: Promise<void>): void {
    const watched = work.catch((cause) => {
      this.warn({
        code: 'IO_FAILED',
        message: `Work in the background failed: ${(cause as Error).message}`,
      });
    });
    this.#later.add(watched);
    void watched.finally(() => this.#later.delete(watched));
  }

  /**
   * Ends turns, waits for work in the background, and closes every file. Rejects when a sync had
   * failed and what it was about could not be written anew.
   */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.#stopPolling();
    for (const session of this.#sessions.values()) session.turn?.lose('the store was closed');
    while (this.#later.size > 0) await Promise.all(this.#later);
    for (const session of this.#sessions.values()) await session.quiet();
    const unkept = await this.#writeAnew();
    for (const index of this.#indexes.values()) await index.save();
    for (const session of this.#sessions.values()) session.end();
    for (const agent of this.#agents.values()) agent.journal.close();
    this.#sessions.clear();
    if (unkept.length === 0) return;
    throw new HoldfastError(
      'OUTCOME_UNKNOWN',
      `The store at ${this.root} is closed, but nobody knows whether the last changes of ${unkept.length} sessions survive a power loss: their syncs failed, first that of ${JSON.stringify(unkept[0])}.`,
      { key: unkept[0] },
    );
  }

  /** Folds the logs whose sync has failed; the keys of those that could not be folded. */
  async #writeAnew(): Promise<string[]> {
    const unkept: string[] = [];
    for (const session of this.#sessions.values()) {
      if (!session.foldRequired || !session.log.state || session.log.state.removed) continue;
      await foldAgain(this, session);
      if (session.foldRequired) unkept.push(session.key);
    }
    return unkept;
  }

  #agentIn(folder: string): AgentFiles {
    let agent = this.#agents.get(folder);
    if (!agent) {
      agent = new AgentFiles(this.system, this.disk, this.pool, this.root, folder, this.#identity);
      this.#agents.set(folder, agent);
    }
    return agent;
  }

  /** A link or a file in the place of an agent's directory hides no other agent. */
  #isUsable(agent: AgentFiles): boolean {
    try {
      return agent.check();
    } catch (cause) {
      this.warn({ code: 'UNSAFE_PATH', message: (cause as Error).message });
      return false;
    }
  }

  #evict(): void {
    let tries = 0;
    for (const [key, session] of this.#sessions) {
      if (tries++ > EVICTION_TRIES) return;
      if (session.used || !session.evictable) {
        // It goes to the end of the line and loses its mark.
        session.used = false;
        this.#sessions.delete(key);
        this.#sessions.set(key, session);
        continue;
      }
      const held = session.descriptors;
      session.release();
      this.pool.gave(session, held);
      this.#sessions.delete(key);
      return;
    }
  }

  #lookAfterTurns(): void {
    for (const session of this.#sessions.values()) {
      if (session.turn) this.later(session.lookAfterTurn());
    }
  }
}
