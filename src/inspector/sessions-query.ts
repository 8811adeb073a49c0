import { Parameters } from './parameters.ts';
import type { SessionsQuery } from './wire.ts';

const NAMES = [
  'q',
  'agent',
  'channel',
  'state',
  'age',
  'sort',
  'reverse',
  'offset',
  'limit',
] as const satisfies readonly (keyof SessionsQuery)[];
const STATES = ['running', 'waiting', 'cut-off', 'idle'] as const;
const SORTS = ['updated', 'created', 'key', 'agent', 'channel', 'rev', 'turn', 'waiting'] as const;
const SEARCH_MAX = 200;
const OFFSET_MAX = 10_000_000;
const LIMIT_MAX = 200;

/** The query of a request for a page of sessions; what it leaves out is not in it. */
export function sessionsQuery(url: string): SessionsQuery {
  const given = new Parameters(url, NAMES);
  const query = {
    q: given.text('q', SEARCH_MAX),
    agent: given.text('agent'),
    channel: given.text('channel'),
    state: given.oneOf('state', STATES),
    age: given.whole('age', 0),
    sort: given.oneOf('sort', SORTS),
    reverse: given.yes('reverse'),
    offset: given.whole('offset', 0, OFFSET_MAX),
    limit: given.whole('limit', 1, LIMIT_MAX),
  };
  const there = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as SessionsQuery;
}
