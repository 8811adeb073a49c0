import { HoldfastError } from '../../model/errors.ts';
import type { Change } from '../../model/state.ts';
import { type HeldSession, newConversation } from './held-session.ts';
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
      place = new TurnPlace(key, this.world, () => this.tell(key, 'turn'));
      this.#places.set(key, place);
    }
    return place;
  }

  /** A new session at revision 1; `past` is what another program knew of it. */
  create(
    key: string,
    entry: HeldSession['entry'],
    past?: { sessionId: string; createdAt: number; updatedAt: number },
  ): HeldSession {
    const now = this.world.now();
    const createdAt = past?.createdAt ?? now;
    const conversation = newConversation(past?.sessionId ?? this.world.newId(), createdAt);
    const session: HeldSession = {
      key,
      createdAt,
      updatedAt: past?.updatedAt ?? now,
      rev: 1,
      entry,
      conversation,
      archives: [],
    };
    this.sessions.set(key, session);
    return session;
  }

  /** The commit of an entry that differs: its revision rises, its time never goes back. */
  commit(session: HeldSession, entry: HeldSession['entry']): void {
    session.entry = entry;
    session.rev += 1;
    session.updatedAt = Math.max(session.updatedAt, this.world.now());
  }

  /** A change that happened to a session that is gone again is not told. */
  tell(key: string, kind: Change['kind']): void {
    const rev = this.sessions.get(key)?.rev;
    if (rev === undefined && kind !== 'remove') return;
    const change: Change = Object.freeze({ key, kind, rev: rev ?? 0 });
    for (const tell of this.watchers) tell(change);
  }
}

/** `SESSION_GONE` for a session that a call needs and that does not exist. */
export function gone(key: string, what = 'There is no such session'): HoldfastError {
  return new HoldfastError(
    'SESSION_GONE',
    `${what}: ${JSON.stringify(key)}. Create it with an update or an append.`,
    { key },
  );
}
