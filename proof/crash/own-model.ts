/**
 * What a session must hold that only one writer touches, one call after another: exactly what its
 * notes say. A call that was cut off leaves what was before it or what would be after it.
 */
import type { Note, Seen } from './witness.ts';

type Try = Extract<Note, { what: 'try' }>;
type Ack = Extract<Note, { what: 'ack' }>;

interface Conversation {
  n: number;
  ids: readonly string[];
}

/** `sessionId` is empty while nobody was told the name of the conversation. */
interface State extends Conversation {
  rev: number;
  sessionId: string;
  archives: ReadonlyMap<string, Conversation>;
}

const FRESH = { rev: 0, sessionId: '', n: 0, ids: [], archives: new Map() };

/** The states that a call may leave when it is done; the last one is that of a call that resolved. */
function statesAfter(state: State | null, tried: Try): (State | null)[] {
  const { verb } = tried;
  const from = state ?? FRESH;
  const next = { ...from, rev: from.rev + 1 };
  if (verb === 'update') return [{ ...next, n: from.n + 1 }];
  if (verb === 'append') {
    // The first append creates the session in a step of its own.
    const created = { ...FRESH, rev: 1 };
    return state
      ? [{ ...from, ids: [...from.ids, tried.try] }]
      : [created, { ...created, ids: [tried.try] }];
  }
  if (verb === 'remove') return [null];
  if (!state) return [next];
  const archives = new Map(state.archives);
  if (verb === 'reset') {
    archives.set(state.sessionId, { n: state.n, ids: state.ids });
    return [{ ...next, sessionId: '', ids: [], archives }];
  }
  const wanted = tried.wanted as string;
  // It may have been archived before anybody knew its name.
  const known = archives.has(wanted) ? wanted : '';
  const { n, ids } = archives.get(known) ?? { n: -1, ids: [] };
  archives.delete(known);
  archives.set(state.sessionId, { n: state.n, ids: state.ids });
  return [{ ...next, sessionId: wanted, n, ids, archives }];
}

export class OwnModel {
  #state: State | null = null;
  #pending: Try | undefined;
  /** What was found wrong. */
  readonly problems: string[] = [];

  take(note: Note): void {
    if (note.what === 'begin') this.#begin(note.seen);
    else if (note.what === 'try') this.#pending = note;
    else if (note.what === 'ack') this.#acknowledged(note);
    else {
      // Nobody else is there to be in its way.
      this.problems.push(`${note.try} was refused with ${note.code}`);
      this.#pending = undefined;
    }
  }

  /** What a fresh process sees of it. */
  check(seen: Seen | null): void {
    this.#begin(seen);
  }

  /** Ids of an archived conversation, as they must be. */
  archived(sessionId: string): readonly string[] | undefined {
    return this.#state?.archives.get(sessionId)?.ids;
  }

  #begin(seen: Seen | null): void {
    const possible = [this.#state];
    if (this.#pending) possible.push(...statesAfter(this.#state, this.#pending));
    const state = possible.find((each) => fits(each, seen));
    if (state === undefined) {
      const cut = this.#pending ? `, cut off in ${JSON.stringify(this.#pending)}` : '';
      this.problems.push(`${text(seen)} was found where there was ${text(this.#state)}${cut}`);
    }
    this.#pending = undefined;
    this.#state = seen && this.#adopt(state, seen);
  }

  #adopt(state: State | null | undefined, seen: Seen): State {
    const known = state?.archives ?? new Map<string, Conversation>();
    // A conversation that was archived before anybody knew its name gets it now.
    const nameless = known.get('');
    const archives = new Map(
      seen.archives.map((id) => [id, known.get(id) ?? nameless ?? { n: -1, ids: [] }]),
    );
    return { ...seen, archives };
  }

  #acknowledged({ sessionId, rev, gone }: Ack): void {
    const tried = this.#pending as Try;
    this.#pending = undefined;
    const before = this.#state;
    const state = statesAfter(before, tried).at(-1) as State | null;
    if (tried.verb === 'remove' && gone !== (before !== null)) {
      this.problems.push(`${tried.try} removed nothing of ${text(before)}`);
    }
    if (state && rev !== undefined && state.rev !== rev) {
      this.problems.push(`${tried.try} made revision ${rev} of ${text(before)}`);
    }
    if (state && sessionId !== undefined) {
      if (state.sessionId !== '' && state.sessionId !== sessionId) {
        this.problems.push(`${tried.try} wrote to ${sessionId} instead of ${state.sessionId}`);
      }
      state.sessionId = sessionId;
    }
    this.#state = state;
  }
}

function fits(state: State | null, seen: Seen | null): boolean {
  if (!state || !seen) return state === null && seen === null;
  const archives = [...state.archives.keys()].filter((id) => id !== '');
  return (
    state.rev === seen.rev &&
    state.n === seen.n &&
    (state.sessionId === '' || state.sessionId === seen.sessionId) &&
    state.ids.join() === seen.ids.join() &&
    state.archives.size === seen.archives.length &&
    archives.every((id) => seen.archives.includes(id))
  );
}

function text(state: State | Seen | null): string {
  if (!state) return 'no session';
  const { rev, sessionId, n, ids } = state;
  const archives = Array.isArray(state.archives) ? state.archives : [...state.archives.keys()];
  return `rev ${rev}, ${sessionId || 'a new conversation'}, n ${n}, ${ids.length} records (${ids.slice(-2)}), ${archives.length} archives`;
}
