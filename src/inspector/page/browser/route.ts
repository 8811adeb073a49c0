import { navigate, useHashLocation } from 'wouter-preact/use-hash-location';
import type { SessionRowState, SessionsQuery } from '../../wire.ts';

/** What the page shows. It lives in the address behind the `#`, which no server ever sees. */
export type Route =
  | { view: 'overview' }
  | { view: 'sessions'; query: SessionsQuery }
  | { view: 'session'; key: string }
  | { view: 'storage' };

const STATES: readonly string[] = ['running', 'waiting', 'cut-off', 'idle'];
const SORTS = ['updated', 'created', 'key', 'agent', 'channel', 'rev', 'turn', 'waiting'];

export function useRoute(): Route {
  const [location] = useHashLocation();
  return routeOf(location);
}

/** Goes to another view; `replace` leaves no step to come back to. */
export function goTo(route: Route, replace = false): void {
  navigate(addressOf(route).slice(1), { replace });
}

/** The address of a view, for a link. Keys may hold any character, so they are encoded. */
export function addressOf(route: Route): string {
  if (route.view === 'overview') return '#/';
  if (route.view === 'storage') return '#/storage';
  if (route.view === 'session') return `#/session/${encodeURIComponent(route.key)}`;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(route.query)) {
    if (value !== undefined && value !== '' && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '#/sessions' : `#/sessions/${text}`;
}

/** @param location what stands behind the `#`, with a slash in front */
export function routeOf(location: string): Route {
  const [, view = '', rest = ''] = /^\/([^/]*)\/?(.*)$/s.exec(location) ?? [];
  if (view === 'sessions') return { view, query: queryOf(rest) };
  if (view === 'storage') return { view };
  if (view === 'session' && rest !== '') return { view, key: decoded(rest) };
  return { view: 'overview' };
}

function queryOf(text: string): SessionsQuery {
  const search = new URLSearchParams(text);
  const query: SessionsQuery = {};
  for (const name of ['q', 'agent', 'channel'] as const) {
    const value = search.get(name);
    if (value) query[name] = value;
  }
  const state = search.get('state') ?? '';
  if (STATES.includes(state)) query.state = state as SessionRowState;
  const age = Number(search.get('age'));
  if (age > 0) query.age = age;
  const sort = search.get('sort') ?? '';
  if (SORTS.includes(sort)) query.sort = sort as NonNullable<SessionsQuery['sort']>;
  if (search.get('reverse') === 'true') query.reverse = true;
  return query;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // An address typed by hand: taken as it stands.
    return text;
  }
}
