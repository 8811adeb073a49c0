/** The row of a session as every statement returns it, and the state that is made of it. */
import type { Json } from '../../model/json.ts';
import { freezeEntry } from '../../model/patch.ts';
import { setField } from '../../model/plain-object.ts';
import { agentOf } from '../../model/session-key.ts';
import type { Entry, FormerTurn, SessionState, TurnState } from '../../model/state.ts';
import { escapeJson, unescapeJson, unescapeText } from './escape-json.ts';
import type { StaticValues } from './static-values.ts';
import type { Tables } from './tables.ts';

export type Row = Readonly<Record<string, string | null>>;

/** The turn of a session as JSON. `s` is the row of the session. */
export function turnColumn(tables: Tables): string {
  return `case when s.turn is not null then (
    select json_build_object('fence', t.fence, 'holder', t.holder, 'label', t.label, 'startedAt', t.started_at,
      'live', t.expires_at > clock_timestamp(), 'at', t.interrupted_at, 'why', t.interrupted_reason)::text
    from ${tables.turns} t where t.key = s.key and t.fence = s.turn) end as turn`;
}

/** When anything of a session changed last, in microseconds by the server's clock. */
export const TOUCHED = '(extract(epoch from s.touched_at) * 1000000)::bigint';

/** What a state is made of. `s` is the row of the session. */
export function stateColumns(tables: Tables): string {
  return `s.key, s.rev, s.session_id, s.entry::text as entry, s.statics::text as statics,
    s.created_at, s.updated_at, ${TOUCHED} as touched, ${turnColumn(tables)}`;
}

/** Tells watchers of a change, when there are any: a notification takes a lock of the database. */
export function tellColumn(tables: Tables, kind: string): string {
  return `case when exists (select from ${tables.watchers} w where w.expires_at > clock_timestamp())
    then pg_notify('${tables.changes}', json_build_array('${kind}', s.rev, s.key)::text) end as told`;
}

/** The state that a row shows, frozen all the way. */
export async function stateOf(row: Row, statics: StaticValues): Promise<SessionState> {
  const key = row.key as string;
  const turn = turnOf(row.turn);
  const entry = await entryOf(row, statics, key);
  return Object.freeze({
    key,
    agentId: agentOf(key),
    rev: Number(row.rev),
    sessionId: row.session_id as string,
    entry,
    ...(turn && { turn }),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  });
}

/** The entry of a row of a session or of an archive, with its large values in their places. */
export async function entryOf(
  row: Row,
  statics: StaticValues,
  key: string,
): Promise<Readonly<Entry>> {
  const entry = JSON.parse(unescapeJson(row.entry as string)) as Entry;
  if (row.statics !== '{}') {
    const hashes = Object.entries(
      JSON.parse(unescapeJson(row.statics as string)) as Record<string, string>,
    );
    const values = await statics.read(
      hashes.map(([, hash]) => hash),
      key,
    );
    for (const [field, hash] of hashes) setField(entry, field, values.get(hash) as Json);
  }
  return freezeEntry(entry);
}

/** A value as the text of a jsonb parameter. */
export function jsonb(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

interface TurnColumn {
  fence: number;
  holder: TurnState['holder'];
  label: string | null;
  startedAt: number;
  live: boolean;
  at: number | null;
  why: string | null;
}

/** The turn that a row shows: running while its lease lasts, cut off afterwards. */
export function turnOf(text: string | null | undefined): TurnState | undefined {
  if (text == null) return undefined;
  const { fence, holder, label, startedAt, live, at, why } = JSON.parse(text) as TurnColumn;
  return Object.freeze({
    fence,
    holder: holderOf(holder),
    ...(label !== null && { label: unescapeText(label) }),
    startedAt,
    status: live ? 'running' : 'cut-off',
    ...(at !== null && { interrupted: Object.freeze({ at, reason: unescapeText(why ?? '') }) }),
  });
}

/** The former turn that `begin_turn` returns. */
export function formerOf(text: string | null | undefined): FormerTurn | undefined {
  if (text == null) return undefined;
  const { fence, holder, label, startedAt, ended } = JSON.parse(text) as TurnColumn &
    Pick<FormerTurn, 'ended'>;
  return Object.freeze({
    fence,
    holder: holderOf(holder),
    ...(label !== null && { label: unescapeText(label) }),
    startedAt,
    ended,
  });
}

function holderOf({ host, pid, instance }: TurnState['holder']): TurnState['holder'] {
  return Object.freeze({ host: unescapeText(host), pid, instance: unescapeText(instance) });
}
