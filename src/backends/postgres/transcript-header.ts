import type { Tables } from './tables.ts';

/** A part of `with` that writes down whose records the new conversation of the row `s` has. */
export function headerOf(tables: Tables): string {
  return `header as (
    insert into ${tables.conversations} (conversation, key, session_id, began_at)
    select s.conversation, s.key, s.session_id, s.began_at from s
  )`;
}
