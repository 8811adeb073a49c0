import type { ListQuery } from '../contract/backend.ts';
import type { ListOptions } from '../contract/store.ts';
import { checkOptions, kind, oneOf, time, whole } from './check-options.ts';

const name = kind('a text', (value) => typeof value === 'string');

const CHECKS = {
  agentId: name,
  channel: name,
  updatedAfter: time,
  updatedBefore: time,
  limit: whole(0),
  order: oneOf('updated', 'key'),
};

/** What a listing asks of the back end. */
export function listQuery(options: ListOptions | undefined): ListQuery {
  checkOptions(options, CHECKS, 'list');
  const { agentId, channel, updatedAfter, updatedBefore, limit, order = 'updated' } = options ?? {};
  return {
    ...(agentId !== undefined && { agentId }),
    ...(channel !== undefined && { channel }),
    ...(updatedAfter !== undefined && { updatedAfter: Number(updatedAfter) }),
    ...(updatedBefore !== undefined && { updatedBefore: Number(updatedBefore) }),
    ...(limit !== undefined && { limit }),
    order,
  };
}
