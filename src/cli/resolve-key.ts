import type { Store } from '../contract/store.ts';
import { isHoldfastError } from '../model/errors.ts';
import { checkSessionKey, parseSessionKey } from '../model/session-key.ts';
import { CommandError } from './command-error.ts';
import { matchText } from './match-text.ts';

/**
 * What a command does with the session decides how freely its key may be given:
 *
 * - `look`: any part that fits one key.
 * - `change`: the same, but what has the form of a whole key (`agent:<id>:...`) is taken as that key
 *   and nothing else, so that a script never changes a neighbour of a session that is gone.
 * - `create`: as `change`, and a whole key need not exist.
 * - `remove`: as `change`, and a part must be whole segments between the colons.
 */
export type KeyUse = 'look' | 'change' | 'create' | 'remove';

const CANDIDATES_MAX = 10;

/** The key of the session that a person means. */
export async function resolveKey(store: Store, given: string, use: KeyUse): Promise<string> {
  if (await exists(store, given)) return given;
  const whole = isWholeKey(given);
  if (use === 'create' && whole) return given;

  const keys: string[] = [];
  for await (const { key } of store.list({ order: 'key' })) keys.push(key);
  const matches = matchText(given, keys, { wholeSegments: use === 'remove' });
  const [match] = matches;
  if (match !== undefined && (use === 'look' || !whole)) {
    if (matches.length === 1) return match;
    throw ambiguous('key', given, matches);
  }
  throw noSuchSession(given, use, matchText(given, keys));
}

/** The session id that a person means, of those that there are. */
export function resolveSessionId(given: string, ids: readonly string[], key: string): string {
  if (ids.includes(given)) return given;
  const matches = matchText(given, ids);
  const [match] = matches;
  if (match === undefined) {
    throw new CommandError('SESSION_GONE', `${key} has no archived conversation "${given}".`, {
      remedy: 'See `holdfast archives <key>`.',
      candidates: ids.slice(0, CANDIDATES_MAX),
    });
  }
  if (matches.length > 1) throw ambiguous('session id', given, matches);
  return match;
}

/** Whether there is a session of exactly this key. One that is damaged is there. */
async function exists(store: Store, key: string): Promise<boolean> {
  const session = store.session(key);
  try {
    return (await session.read()) !== undefined;
  } catch (error) {
    // The command will meet the same error and tell it; here it only shows that the key is taken.
    if (isHoldfastError(error) && error.code !== 'STORE_CLOSED') return true;
    throw error;
  }
}

/**
 * How a command that may create a session opens its store: only a whole key can be new, so only
 * with one may the store itself be new. Refuses what can not be a key before anything is made.
 */
export function storeUseFor(given: string): 'create' | 'existing' {
  checkSessionKey(given);
  return isWholeKey(given) ? 'create' : 'existing';
}

function isWholeKey(text: string): boolean {
  const { bare, kind } = parseSessionKey(text);
  return bare !== true || kind === 'global' || kind === 'unknown';
}

function ambiguous(what: string, given: string, matches: string[]): CommandError {
  const more = matches.length - CANDIDATES_MAX;
  return new CommandError(
    'AMBIGUOUS_KEY',
    `"${given}" is part of more than one ${what} (${matches.length}).`,
    {
      remedy: `Give more of it${more > 0 ? `; ${more} more fit` : ''}.`,
      candidates: matches.slice(0, CANDIDATES_MAX),
    },
  );
}

function noSuchSession(given: string, use: KeyUse, near: string[]): CommandError {
  const candidates = near.slice(0, CANDIDATES_MAX);
  const whole = 'A new session needs its whole key, such as agent:main:slack:channel:c024.';
  const look = 'See `holdfast ls`.';
  const exact = 'Here only a whole key, or whole parts between its colons, will do.';
  const strict = candidates.length > 0 && use !== 'look';
  return new CommandError('SESSION_GONE', `There is no session "${given}".`, {
    remedy: use === 'create' ? whole : strict ? exact : look,
    candidates,
  });
}
