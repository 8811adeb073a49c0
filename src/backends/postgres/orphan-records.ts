/**
 * Records that belong to no session and no archive: something else than Holdfast has taken those
 * away. What is written down with each conversation says whose they were.
 */
import type { PostgresContext } from './context.ts';
import { createSession } from './create-session.ts';
import type { Tables } from './tables.ts';

/** A query for them, a row for each conversation; `key` is null where nobody knows whose they were. */
export function orphansIn(tables: Tables): string {
  return `select r.conversation, count(*) as records, max(r.seq) as last_seq,
      sum(octet_length(r.record::text) + 1) as bytes, c.key, c.session_id, c.began_at
    from ${tables.records} r left join ${tables.conversations} c on c.conversation = r.conversation
    where not exists (select from ${tables.sessions} s where s.conversation = r.conversation)
      and not exists (select from ${tables.archives} a where a.conversation = r.conversation)
      and not exists (select from ${tables.gone} g where g.conversation = r.conversation)
    group by r.conversation, c.key, c.session_id, c.began_at order by c.began_at`;
}

/**
 * Makes archives of them, under sessions that are made anew where they are missing. What their
 * entries held is gone.
 */
export async function archiveOrphans(context: PostgresContext): Promise<void> {
  const { connections, tables } = context;
  const what = 'make archives of records without a session';
  const text = `with lost as (${orphansIn(tables)}), made as (
      insert into ${tables.archives} (key, session_id, conversation, entry, statics, reason, began_at, archived_at,
        last_seq, leaf, bytes)
      select l.key, l.session_id, l.conversation, '{}', '{}', 'repair', l.began_at, ${tables.now_ms}(), l.last_seq,
        (select r.id from ${tables.records} r where r.conversation = l.conversation and r.seq = l.last_seq), l.bytes
      from lost l where l.key is not null
      on conflict (key, session_id) do nothing
      returning key
    ) select distinct m.key from made m
      where not exists (select from ${tables.sessions} s where s.key = m.key)`;
  for (const { key } of await connections.run({ what, text, writes: true }, [])) {
    await createSession(context, key as string, { entry: {} });
  }
}
