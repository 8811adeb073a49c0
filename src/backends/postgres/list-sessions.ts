/**
 * Rows of sessions, page by page, each page one indexed query.
 *
 * Newest first, a session that is changed while the list is read moves to the front, where the list
 * has been. So a list of several pages ends with a look at those that were changed meanwhile, and
 * shows the ones that it has not shown yet.
 */
import type { ListQuery } from '../../contract/backend.ts';
import { agentOf } from '../../model/session-key.ts';
import type { Entry, SessionSummary } from '../../model/state.ts';
import { summaryOf } from '../../model/summary.ts';
import type { PostgresContext } from './context.ts';
import { escapeText, unescapeJson, unescapeText } from './escape-json.ts';
import { Values } from './guard-conditions.ts';
import { type Row, turnColumn, turnOf } from './session-row.ts';

const PAGE = 500;
/** What was committed while the first page was read may carry a time of so long before it. */
const OVERLAP_MS = 10_000;

type Place = { key: string; updatedAt: number };

export async function* listSessions(
  context: PostgresContext,
  query: ListQuery,
): AsyncGenerator<SessionSummary, void> {
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  const shown = new Set<string>();
  let begun: number | undefined;
  for (let at: Place | undefined, pages = 0; left > 0; pages += 1) {
    const size = Math.min(PAGE, left);
    const rows = await page(context, query, at, size);
    begun ??= Number(rows[0]?.now ?? 0);
    const newest = query.order === 'updated';
    for (const row of rows) {
      const summary = rowOf(row);
      at = summary;
      if (newest) {
        if (shown.has(summary.key)) continue;
        shown.add(summary.key);
      }
      left -= 1;
      yield summary;
    }
    if (rows.length === size) continue;
    if (newest && pages > 0)
      yield* changedMeanwhile(context, query, begun - OVERLAP_MS, shown, left);
    return;
  }
}

async function* changedMeanwhile(
  context: PostgresContext,
  query: ListQuery,
  since: number,
  shown: ReadonlySet<string>,
  limit: number,
): AsyncGenerator<SessionSummary, void> {
  const { updatedAfter = since } = query;
  const late = { ...query, updatedAfter: Math.max(since, updatedAfter), order: 'key' as const };
  let left = limit;
  for (let at: Place | undefined; left > 0; ) {
    const rows = await page(context, late, at, PAGE);
    for (const row of rows) {
      const summary = rowOf(row);
      at = summary;
      if (shown.has(summary.key) || left <= 0) continue;
      left -= 1;
      yield summary;
    }
    if (rows.length < PAGE) return;
  }
}

function page(
  { connections, tables }: PostgresContext,
  query: ListQuery,
  at: Place | undefined,
  size: number,
): Promise<Row[]> {
  const values = new Values();
  const where: string[] = [];
  const { agentId, channel, updatedAfter, updatedBefore, order } = query;
  if (agentId !== undefined) where.push(`s.agent_id = ${values.add(agentId)}`);
  if (channel !== undefined) where.push(`s.channel = ${values.add(escapeText(channel))}`);
  if (updatedAfter !== undefined)
    where.push(`s.updated_at > ${values.add(Math.floor(updatedAfter))}`);
  if (updatedBefore !== undefined) {
    where.push(`s.updated_at < ${values.add(Math.ceil(updatedBefore))}`);
  }
  if (at && order === 'key') where.push(`s.key > ${values.add(at.key)}`);
  if (at && order === 'updated') {
    const time = values.add(at.updatedAt);
    where.push(
      `s.updated_at <= ${time} and (s.updated_at < ${time} or s.key > ${values.add(at.key)})`,
    );
  }
  const text = `select s.key, s.rev, s.session_id, s.created_at, s.updated_at, s.channel,
      (s.entry -> 'label')::text as label, (s.entry -> 'displayName')::text as name, ${turnColumn(tables)},
      ${tables.now_ms}() as now
    from ${tables.sessions} s${where.length > 0 ? ` where ${where.join(' and ')}` : ''}
    order by ${order === 'key' ? 's.key' : 's.updated_at desc, s.key'} limit ${values.add(size)}`;
  return connections.run({ what: 'list sessions', text, writes: false }, values.list);
}

function rowOf(row: Row): SessionSummary {
  const key = row.key as string;
  const turn = turnOf(row.turn);
  const entry: Entry = {};
  if (row.channel != null) entry.channel = unescapeText(row.channel);
  if (row.label != null) entry.label = JSON.parse(unescapeJson(row.label));
  if (row.name != null) entry.displayName = JSON.parse(unescapeJson(row.name));
  return summaryOf({
    key,
    agentId: agentOf(key),
    rev: Number(row.rev),
    sessionId: row.session_id as string,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    entry,
    ...(turn && { turn }),
  });
}
