import type { Guard, Past } from '../../contract/backend.ts';
import { checkGuard } from '../../contract/check-guard.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { Change } from '../../model/state.ts';
import { type HeldSession, newConversation } from './held-session.ts';
import { type Changed, keepRevision } from './revisions.ts';
import { TurnPlace } from './turn-place.ts';
import type { World } from './world.ts';

/** The sessions of one store, shared by everybody who opened it. */
export class MemoryData {
  readonly world: World;
  readonly sessions = new Map<string, HeldSession>();
  readonly watchers = new Set<(change: Change) => void>();
  /** Kept when a session is removed: its fences must not be used again. */
  readonly #places = new Map<string, TurnPlace>();

  constructor(world: World) {
    this.world = world;
  }

  /** Every place where turns of a key can take place or did. */
  get places(): Iterable<TurnPlace> {
    return this.#places.values();
  }

  place(key: string): TurnPlace {
    let place = this.#places.get(key);
    if (!place) {
      const changed = () => this.tell(key, 'turn');
      place = new TurnPlace(key, this.world, changed, () => this.ensure(key));
      this.#places.set(key, place);
    }
    return place;
  }

  /** The session that a commit is for, once the guard of the commit has let it pass. */
  checked(key: string, guard: Guard): HeldSession | undefined {
    const session = this.sessions.get(key);
    const state = session && { rev: session.rev, sessionId: session.conversation.sessionId };
    checkGuard(key, state, this.place(key).runningFence, guard);
    return session;
  }

  /** The session of a key, created when it is missing. */
  ensure(key: string): HeldSession {
    return this.sessions.get(key) ?? this.create(key, Object.freeze({}));
  }

  /** A new session, at revision 1 unless it has a past. */
  create(key: string, entry: HeldSession['entry'], past?: Omit<Past, 'entry'>): HeldSession {
    const now = this.world.now();
    const createdAt = past?.createdAt ?? now;
    const beganAt = past?.beganAt ?? createdAt;
    const conversation = newConversation(past?.sessionId ?? this.world.newId(), beganAt);
    const session: HeldSession = {
      key,
      createdAt,
      updatedAt: past?.updatedAt ?? now,
      rev: past?.rev ?? 1,
      entry,
      conversation,
      archives: [],
      revisions: [],
    };
    keepRevision(session);
    this.sessions.set(key, session);
    return session;
  }

  /**
   * The commit of an entry that differs: its revision rises, its time never goes back. `changed`: of
   * the entry before; left out where another entry takes its place.
   */
  commit(
    session: HeldSession,
    entry: HeldSession['entry'],
    { at = this.world.now(), changed }: { at?: number; changed?: Changed } = {},
  ): void {
    session.entry = entry;
    session.rev += 1;
    session.updatedAt = Math.max(session.updatedAt, at);
    keepRevision(session, changed);
  }

  /** A change that happened to a session that is gone again is not told. */
  tell(key: string, kind: Change['kind']): void {
    const rev = this.sessions.get(key)?.rev;
    if (rev === undefined && kind !== 'remove') return;
    const change: Change = Object.freeze({ key, kind, rev: rev ?? 0 });
    for (const tell of this.watchers) tell(change);
  }
}

/** `SESSION_GONE` for a conversation that a call needs. */
export function conversationGone(key: string, sessionId: string): HoldfastError {
  return new HoldfastError(
    'SESSION_GONE',
    `Session ${JSON.stringify(key)} has no conversation ${sessionId}. \`archives()\` lists those that it has.`,
    { key },
  );
}
