/** Writes the files of one agent as OpenClaw has them, into a tree of their own. */
import { join } from 'node:path';
import type { Backend } from '../../contract/backend.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { Entry, SessionState } from '../../model/state.ts';
import { shown } from '../../model/text.ts';
import type { System } from '../../system/system.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { entryInDialect } from '../dialect/entry-in-dialect.ts';
import type { PromptFile } from '../dialect/prompt-file.ts';
import { endPiece, entryPiece } from '../dialect/sessions-json-text.ts';
import type { AgentReturn, PlannedArchive, PlannedSession } from './agent-return.ts';
import { listOrder } from './list-order.ts';
import { makeDirectories } from './names-on-disk.ts';
import type { ReleasedStore } from './release-report.ts';
import { transcriptPieces } from './transcript-pieces.ts';
import { writePieces } from './whole-files.ts';

/** Where the files are written, and what they say of where they lie. */
export interface Target {
  system: System;
  /** The tree that is written. */
  out: string;
  /** The state directory of which the files tell. */
  root: string;
  /** How `sessions.json` is called until all else is there. */
  listName: string;
  dialect: Dialect;
}

/** What the list of an agent will have, counted without writing it. */
export function countAgent(plan: AgentReturn): ReleasedStore {
  const sessions = [...plan.sessions.values()];
  const { carried, removed } = listOrder(plan);
  const made = sessions
    .flatMap(({ archives }) => archives)
    .filter(({ from }) => from === undefined);
  return {
    agentId: plan.agentId,
    path: `agents/${plan.agentId}/sessions/sessions.json`,
    sessions: sessions.length,
    archives: sessions.reduce((total, { archives }) => total + archives.length, 0),
    transcripts:
      sessions.filter(({ transcript }) => transcript.kind === 'written').length + made.length,
    carried,
    removed,
    orphans: plan.orphans.length,
  };
}

export async function writeAgent(
  backend: Backend,
  plan: AgentReturn,
  target: Target,
  onSession: () => void,
): Promise<void> {
  const writer = new AgentWriter(backend, plan, target, onSession);
  await writer.run();
}

class AgentWriter {
  readonly #backend: Backend;
  readonly #plan: AgentReturn;
  readonly #target: Target;
  readonly #onSession: () => void;
  readonly #path: string;
  readonly #prompts = new Set<string>();

  constructor(backend: Backend, plan: AgentReturn, target: Target, onSession: () => void) {
    this.#backend = backend;
    this.#plan = plan;
    this.#target = target;
    this.#onSession = onSession;
    this.#path = `agents/${plan.agentId}/sessions`;
  }

  async run(): Promise<void> {
    const { system, out, listName } = this.#target;
    const directory = await makeDirectories(system, out, this.#path);
    await writePieces(system, join(directory, listName), this.#list());
  }

  async *#list(): AsyncGenerator<string, void> {
    let first = true;
    for (const placed of listOrder(this.#plan).entries) {
      const [key, entry] =
        'session' in placed
          ? [placed.session.key, await this.#entryOf(placed.session)]
          : [placed.former.key, await this.#plan.former.value(placed.former)];
      yield entryPiece(key, entry, first);
      first = false;
    }
    yield endPiece(first);
  }

  async #entryOf(planned: PlannedSession): Promise<unknown> {
    const { root, dialect } = this.#target;
    const state = await this.#backend.read(planned.key);
    if (state?.sessionId !== planned.sessionId) throw changed(planned.key);
    const { name } = planned.transcript;
    const path = name === undefined ? undefined : join(root, this.#path, name);
    const family = withFamily(planned, state.entry);
    const { entry, file } = entryInDialect({ ...state, entry: family }, dialect, path);
    if (file !== undefined) await this.#writePrompt(file);
    await this.#writeTranscripts(planned, state);
    this.#onSession();
    return entry;
  }

  async #writeTranscripts(planned: PlannedSession, state: SessionState): Promise<void> {
    const { transcript, sessionId, beganAt } = planned;
    if (transcript.kind === 'written') {
      const told = { sessionId, beganAt, entry: state.entry };
      await this.#write(transcript.name as string, state.key, told);
    }
    const made = planned.archives.filter(({ from }) => from === undefined);
    if (made.length > 0) await this.#writeArchives(state.key, made);
  }

  async #writeArchives(key: string, made: readonly PlannedArchive[]): Promise<void> {
    const names = new Map(made.map(({ sessionId, name }) => [sessionId, name]));
    for (const { sessionId, entry, createdAt } of await this.#backend.archives(key)) {
      const name = names.get(sessionId);
      if (name === undefined) continue;
      names.delete(sessionId);
      await this.#write(name, key, { sessionId, beganAt: createdAt, entry });
    }
    if (names.size > 0) throw changed(key);
  }

  #write(
    name: string,
    key: string,
    told: { sessionId: string; beganAt: number; entry: SessionState['entry'] },
  ): Promise<void> {
    const { system, out, root } = this.#target;
    const { sessionId } = told;
    const records = this.#backend.transcript(key, { sessionId, onDamage: 'skip' });
    const heading = { key, ...told, workspace: join(root, 'workspace') };
    const pieces = transcriptPieces(heading, records);
    return writePieces(system, join(out, this.#path, name), pieces);
  }

  async #writePrompt({ path, text }: PromptFile): Promise<void> {
    if (this.#prompts.has(path)) return;
    const { system, out } = this.#target;
    const whole = `${this.#path}/${path}`;
    await makeDirectories(system, out, whole.slice(0, whole.lastIndexOf('/')));
    await writePieces(system, join(out, whole), [text]);
    this.#prompts.add(path);
  }
}

/** OpenClaw counts what was said before a reset through the ids that the entry lists. */
function withFamily({ key, sessionId, archives }: PlannedSession, entry: Readonly<Entry>): Entry {
  const made = archives.filter(({ name, from }) => name !== from).map((each) => each.sessionId);
  if (made.length === 0) return entry;
  const { usageFamilyKey = key, usageFamilySessionIds: known } = entry;
  const ids = [...(Array.isArray(known) ? known : []), ...made.reverse()];
  const others = ids.filter((id) => id !== sessionId);
  return { ...entry, usageFamilyKey, usageFamilySessionIds: [...new Set(others), sessionId] };
}

function changed(key: string): HoldfastError {
  return new HoldfastError(
    'SESSION_CHANGED',
    `Session ${shown(key)} was reset or removed while it was read. Run it again when the store is at rest.`,
    { key },
  );
}
