/**
 * Watching: the journals of every agent are tailed, and a change is told once its log shows it.
 *
 *     named  --the log shows the revision, a later line of the same store for the key came, or the
 *              lock was seen free and the log was read after that--> told, or dropped when it never
 *              came
 *     gap    --journals were lost--> every session that was changed since the last look is told
 *
 * Looking again and again works on every file system; notices of the system would only be hints.
 */
import type { Change } from '../../model/state.ts';
import { pause } from '../../system/timers.ts';
import type { AgentFiles } from './agent-files.ts';
import type { FilesContext } from './files-context.ts';
import { typedError } from './io-error.ts';
import { type JournalLine, JournalReader } from './journal-reader.ts';
import { scanSessions } from './scan-sessions.ts';

const POLL_MS = 40;

interface Named {
  slot: string;
  key: string;
  kind: Change['kind'];
  rev: number;
  /** A later line of the same store's journal proves that this change is done. */
  overtaken: boolean;
  /** Revision of an earlier one of its kind that is done and was not told: this one may never come. */
  former: number | undefined;
}

export class ChangeWatch {
  readonly #context: FilesContext;
  readonly #readers = new Map<AgentFiles, JournalReader>();
  readonly #named = new Map<string, Named>();
  #lookedAt: number;

  constructor(context: FilesContext) {
    this.#context = context;
    this.#lookedAt = context.system.clock.now();
    // Everything up to here is past; an agent that appears later is told from its first line.
    for (const agent of context.agents()) this.#reader(agent).skipToEnd();
  }

  async *changes(signal: AbortSignal): AsyncGenerator<Change> {
    while (!signal.aborted) {
      let looked: Change[];
      try {
        looked = await this.#look();
      } catch (cause) {
        throw typedError(cause);
      }
      for (const change of looked) {
        if (signal.aborted) return;
        yield change;
      }
      await pause(this.#context.system.timers, POLL_MS, signal);
    }
  }

  #reader(agent: AgentFiles): JournalReader {
    let reader = this.#readers.get(agent);
    if (!reader) {
      reader = new JournalReader(this.#context.system, agent.paths.changes);
      this.#readers.set(agent, reader);
    }
    return reader;
  }

  async #look(): Promise<Change[]> {
    const changes: Change[] = [];
    const now = this.#context.system.clock.now();
    for (const agent of this.#context.agents()) {
      const reader = this.#reader(agent);
      const lines = await reader.read();
      if (lines === 'gap') {
        reader.skipToEnd();
        changes.push(...(await this.#changedSince(agent, this.#lookedAt)));
        continue;
      }
      for (const line of lines) this.#name(line);
    }
    this.#lookedAt = now;
    for (const [id, named] of this.#named) {
      const told = await this.#settle(named);
      if (told === 'later') continue;
      this.#named.delete(id);
      changes.push(...told);
    }
    return changes;
  }

  #name({ slot, key, kind, rev }: JournalLine): void {
    for (const other of this.#named.values()) {
      if (other.slot === slot && other.key === key) other.overtaken = true;
    }
    const id = `${slot} ${kind} ${key}`;
    const before = this.#named.get(id);
    const former = before && (before.former ?? before.rev);
    this.#named.set(id, { slot, key, kind, rev, overtaken: false, former });
  }

  async #settle(named: Named): Promise<Change[] | 'later'> {
    const told = await this.#settleOne(named);
    if (told === 'later' || told.length > 0 || named.former === undefined) return told;
    return this.#settleOne({ ...named, rev: named.former, overtaken: true });
  }

  async #settleOne({ key, kind, rev, overtaken }: Named): Promise<Change[] | 'later'> {
    const session = this.#context.session(key);
    const free = overtaken || session.lock.isFree();
    let state: { rev: number } | undefined;
    try {
      state = await session.look();
    } catch (cause) {
      // A damaged session changed too; its reader gets the error.
      this.#context.warn({ code: 'ENTRY_DAMAGED', key, message: (cause as Error).message });
      return [{ key, kind, rev }];
    }
    const there = state?.rev ?? 0;
    if (kind === 'remove') {
      if (!state) return [{ key, kind, rev }];
      // The next session of the key may have been told already: who keeps a view ends with that one.
      if (there < rev)
        return [
          { key, kind, rev },
          { key, kind: 'update', rev: there },
        ];
      return free ? [] : 'later';
    }
    if (state && (kind === 'append' || kind === 'turn')) {
      return free ? [{ key, kind, rev: Math.max(there, rev) }] : 'later';
    }
    if (state && there >= rev) return [{ key, kind, rev: there }];
    return free ? [] : 'later';
  }

  async #changedSince(agent: AgentFiles, since: number): Promise<Change[]> {
    const changes: Change[] = [];
    for await (const { summary } of scanSessions(this.#context, agent)) {
      if (!summary || summary.updatedAt < since) continue;
      changes.push({ key: summary.key, kind: 'update', rev: summary.rev });
    }
    return changes;
  }
}
