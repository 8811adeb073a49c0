import type { SessionsQuery } from '../../wire.ts';

export type Sort = NonNullable<SessionsQuery['sort']>;

/** A column of the table. `sort` is what a click on its header asks for. */
export interface Column {
  id: string;
  name: string;
  sort?: Sort;
  /** The order of the sort when it is not reversed. */
  order?: 'ascending' | 'descending';
  numbers?: boolean;
}

export const COLUMNS: readonly Column[] = [
  { id: 'session', name: 'Session', sort: 'key', order: 'ascending' },
  { id: 'agent', name: 'Agent', sort: 'agent', order: 'ascending' },
  { id: 'channel', name: 'Channel', sort: 'channel', order: 'ascending' },
  { id: 'turn', name: 'Turn', sort: 'turn', order: 'descending' },
  { id: 'waiting', name: 'Waiting', sort: 'waiting', order: 'descending', numbers: true },
  { id: 'updated', name: 'Last activity', sort: 'updated', order: 'descending', numbers: true },
  { id: 'entry', name: 'Entry', numbers: true },
  { id: 'transcript', name: 'Transcript', numbers: true },
  { id: 'rev', name: 'Rev', sort: 'rev', order: 'descending', numbers: true },
];

/** What the query sorts by, and which way. */
export function sortedBy(query: SessionsQuery): { sort: Sort; reverse: boolean } {
  return { sort: query.sort ?? 'updated', reverse: query.reverse === true };
}

/** What a click on a header makes of a query: that sort, or the other way round. */
export function sortedAnew(query: SessionsQuery, sort: Sort): SessionsQuery {
  const now = sortedBy(query);
  const { reverse: _former, ...rest } = query;
  const reverse = now.sort === sort && !now.reverse;
  return { ...rest, sort, ...(reverse ? { reverse } : {}) };
}

/** The direction of a column, in the words of `aria-sort`. */
export function directionOf(column: Column, query: SessionsQuery) {
  const now = sortedBy(query);
  if (column.sort !== now.sort || !column.order) return 'none';
  const turned = column.order === 'ascending' ? 'descending' : 'ascending';
  return now.reverse ? turned : column.order;
}
