/**
 * An edit of one of the places that say where replies go. They are brought into agreement at every
 * write, `last*` first, so an edit of another one is an edit of `last*`, too.
 */
import { isPlainObject } from '../../model/plain-object.ts';
import type { Entry } from '../../model/state.ts';

const PARTS = [
  { part: 'channel', last: 'lastChannel', inRoute: ['channel'] },
  { part: 'to', last: 'lastTo', inRoute: ['target', 'to'] },
  { part: 'accountId', last: 'lastAccountId', inRoute: ['accountId'] },
  { part: 'threadId', last: 'lastThreadId', inRoute: ['thread', 'id'] },
] as const;

/** @param take what is taken over, and is changed in place */
export function withEditedDelivery(
  take: Record<string, unknown>,
  ours: Readonly<Entry>,
): Record<string, unknown> {
  for (const { part, last, inRoute } of PARTS) {
    for (const [field, path] of [
      ['deliveryContext', [part]],
      ['route', inRoute],
    ] as const) {
      if (!isPlainObject(take[field]) || Object.hasOwn(take, last)) continue;
      const [theirs, mine] = [valueAt(take[field], path), valueAt(ours[field], path)];
      if (theirs !== mine && mine === ours[last]) take[last] = theirs ?? null;
    }
  }
  return take;
}

function valueAt(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const field of path) value = isPlainObject(value) ? value[field] : undefined;
  return value;
}
