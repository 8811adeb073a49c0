/**
 * Where replies of a session go, which OpenClaw keeps in several places of an entry at once and
 * brings into agreement at every load: `last*` and `deliveryContext` in all versions with
 * `sessions.json`, `route` besides from 2026.5.28 on, all of it within `delivery` in SQLite.
 */
import { isPlainObject } from '../../model/plain-object.ts';
import type { Entry } from '../../model/state.ts';
import type { Dialect } from './dialect.ts';

interface Target {
  channel?: string;
  to?: string;
  accountId?: string;
  threadId?: string | number;
}

/** An entry whose fields about delivery agree, as versions of this dialect would write them. */
export function withDelivery(entry: Readonly<Entry>, { route }: Dialect): Entry {
  const fields = fromDelivery(entry);
  const target = targetOf(fields);
  if (!route) delete fields.route;
  if (Object.keys(target).length === 0) return fields;
  const { channel, to, accountId, threadId } = target;
  fields.deliveryContext = { ...asObject(fields.deliveryContext), ...target };
  if (channel !== undefined) fields.lastChannel = channel;
  if (to !== undefined) fields.lastTo = to;
  if (accountId !== undefined) fields.lastAccountId = accountId;
  if (threadId !== undefined) fields.lastThreadId = threadId;
  if (route && channel !== undefined && to !== undefined) {
    fields.route = routeTo(asObject(fields.route), target);
  }
  return fields;
}

/** Takes apart what versions with SQLite have put together. */
function fromDelivery(entry: Readonly<Entry>): Entry {
  const { delivery, ...fields }: Entry = entry;
  if (delivery === undefined) return fields;
  // A form that is not known stays; unknown fields do no harm.
  if (!isPlainObject(delivery) || typeof delivery.kind !== 'string') return { ...entry };
  const { route, context, origin } = delivery;
  if (isPlainObject(context)) fields.deliveryContext = context;
  if (isPlainObject(route)) fields.route = route;
  if (isPlainObject(origin)) fields.origin = origin;
  if (isPlainObject(context) && typeof context.channel === 'string') {
    fields.channel ??= context.channel;
  }
  return fields;
}

/** The first of the places that says it, in the order in which OpenClaw looks. */
function targetOf(fields: Entry): Target {
  const context = asObject(fields.deliveryContext);
  const origin = asObject(fields.origin);
  const route = asObject(fields.route);
  const inRoute = asObject(route.target);
  const inThread = asObject(route.thread);
  // A channel alone is where a session came from, and says of no reply where it goes.
  const to = text(fields.lastTo) ?? text(context.to) ?? text(inRoute.to);
  const own = text(fields.lastChannel) ?? text(context.channel) ?? text(route.channel);
  const channel = own ?? (to === undefined ? undefined : text(fields.channel));
  const accountId = text(fields.lastAccountId) ?? text(context.accountId) ?? text(route.accountId);
  const threadId =
    thread(fields.lastThreadId) ??
    thread(context.threadId) ??
    thread(inThread.id) ??
    (to === undefined ? undefined : thread(origin.threadId));
  return {
    ...(channel !== undefined && { channel }),
    ...(to !== undefined && { to }),
    ...(accountId !== undefined && { accountId }),
    ...(threadId !== undefined && { threadId }),
  };
}

/** What the present route says besides the target stays only while it is the same target. */
function routeTo(present: Entry, { channel, to, accountId, threadId }: Target): Entry {
  const sameTarget = asObject(present.target).to === to && present.channel === channel;
  const sameThread = sameTarget && asObject(present.thread).id === threadId;
  const { channel: _channel, accountId: _account, target, thread, ...rest } = present;
  // In the order in which the program writes them.
  return {
    channel,
    ...(accountId !== undefined && { accountId }),
    target: sameTarget ? target : { to },
    ...(threadId !== undefined && { thread: sameThread ? thread : { id: threadId } }),
    ...(sameTarget && rest),
  };
}

function asObject(value: unknown): Entry {
  return isPlainObject(value) ? value : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function thread(value: unknown): string | number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : text(value);
}
