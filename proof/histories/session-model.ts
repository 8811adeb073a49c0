/**
 * A session as the contract describes it, one call at a time. A call may leave one of several
 * states, or none: then it can not have happened here.
 */
import type { Call, Deed, View } from './history.ts';

/** The last record of a conversation, and those before it. */
interface Record {
  id: string;
  before: Record | null;
  /** Of all ids up to here, in their order. */
  hash: string;
}

/** `null`: there is no session. */
export type State = {
  rev: number;
  /** Empty while nobody was told it. */
  sessionId: string;
  value: number;
  updatedAt: number;
  /** Nobody was told when it was last changed; not before `updatedAt`. */
  vague: boolean;
  last: Record | null;
} | null;

export const textOfState = (state: State): string =>
  state
    ? `${state.rev} ${state.sessionId} ${state.value} ${state.updatedAt} ${state.vague} ${state.last?.hash}`
    : 'none';

const FRESH = { rev: 0, sessionId: '', value: 0, updatedAt: 0, vague: true, last: null };

/** The states that may be there after a call, the likeliest first. */
export function statesAfter(state: State, { deed }: Call): State[] {
  if (deed.out === undefined) return [...effects(state, deed), state];
  switch (deed.verb) {
    case 'read':
      return deed.out === null ? absent(state) : known(state, deed.out);
    case 'row':
      return deed.out === null ? absent(state) : known(state, deed.out);
    case 'tail':
      return sameTail(state, deed.last, deed.out);
    case 'remove':
      return deed.out === (state !== null) ? [null] : [];
    case 'updateIf':
      if (deed.out === 'SESSION_GONE') return deed.ifRev > 0 ? absent(state) : [];
      if (deed.out === 'REV_CONFLICT') return state && state.rev !== deed.ifRev ? [state] : [];
      return (state?.rev ?? 0) === deed.ifRev ? committed(state, deed, deed.out) : [];
    case 'update':
      return (state?.value ?? 0) === deed.out.before ? committed(state, deed, deed.out) : [];
    case 'reset':
      return committed(state, deed, deed.out);
    case 'append':
      return appended(state, deed, deed.out.parentId);
    case 'create':
      return state ? [state] : [{ ...FRESH, rev: 1 }, null];
  }
}

/** What a call that was cut off may have left when it did something. */
function effects(state: State, deed: Deed): State[] {
  const from = state ?? FRESH;
  const next = { ...from, rev: from.rev + 1, vague: true };
  switch (deed.verb) {
    case 'update':
      return [{ ...next, value: deed.value }];
    case 'updateIf':
      return from.rev === deed.ifRev ? [{ ...next, value: deed.value }] : [];
    case 'reset':
      return [{ ...next, sessionId: '', last: null }];
    case 'remove':
      return state ? [null] : [];
    case 'append': {
      if (find(state, deed.id)) return [];
      if (state) return [{ ...state, last: record(deed.id, state.last) }];
      // The session is created in a step of its own.
      return [{ ...next, last: record(deed.id, null) }, next];
    }
    default:
      return [];
  }
}

const absent = (state: State): State[] => (state === null ? [null] : []);

/** The state with what was told of it, or nothing when it is another one. */
function known(state: State, told: Omit<View, 'value'> & { value?: number }): State[] {
  if (!state || state.rev !== told.rev) return [];
  if (told.value !== undefined && told.value !== state.value) return [];
  if (state.sessionId !== '' && state.sessionId !== told.sessionId) return [];
  const { sessionId, updatedAt } = told;
  const timely = state.vague ? updatedAt >= state.updatedAt : updatedAt === state.updatedAt;
  return timely ? [{ ...state, sessionId, updatedAt, vague: false }] : [];
}

function committed(state: State, deed: Deed, told: View): State[] {
  const [next] = effects(state, { ...deed, out: undefined } as unknown as Deed);
  if (!next) return [];
  // A reset begins a conversation that nobody has heard of.
  if (deed.verb === 'reset' && state?.sessionId === told.sessionId) return [];
  return known(next, told);
}

function appended(
  state: State,
  deed: Extract<Deed, { verb: 'append' }>,
  parentId: string | null,
): State[] {
  const first = find(state, deed.id);
  if (first) return (first.before?.id ?? null) === parentId ? [state] : [];
  if ((state?.last?.id ?? null) !== parentId) return [];
  const [next] = effects(state, { ...deed, out: undefined } as unknown as Deed);
  return next ? [next] : [];
}

function sameTail(state: State, count: number, told: string[] | 'SESSION_GONE'): State[] {
  if (told === 'SESSION_GONE') return absent(state);
  if (!state) return [];
  let at = state.last;
  for (let i = told.length - 1; i >= 0; i -= 1) {
    if (at?.id !== told[i]) return [];
    at = at?.before ?? null;
  }
  return told.length === count || at === null ? [state] : [];
}

function record(id: string, before: Record | null): Record {
  let low = before ? Number.parseInt(before.hash.slice(0, 8), 16) : 7;
  let high = before ? Number.parseInt(before.hash.slice(8), 16) : 11;
  for (let i = 0; i < id.length; i += 1) {
    low = Math.imul(low ^ id.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ id.charCodeAt(i), 0x5bd1e995) ^ (high >>> 13);
  }
  const digits = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
  return { id, before, hash: digits(low) + digits(high) };
}

function find(state: State, id: string): Record | undefined {
  for (let at = state?.last ?? null; at; at = at.before) if (at.id === id) return at;
  return undefined;
}
