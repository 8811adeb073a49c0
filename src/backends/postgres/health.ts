/** Counts, and what can be wrong: rows that do not fit each other. */
import type { Backend } from '../../contract/backend.ts';
import type { Problem } from '../../contract/reports.ts';
import type { PostgresContext } from './context.ts';
import { archiveOrphans, orphansIn } from './orphan-records.ts';
import type { Row } from './session-row.ts';

const BIGGEST_MAX = 10;

export function health(context: PostgresContext): Pick<Backend, 'verify' | 'repair' | 'figures'> {
  const { connections, tables } = context;
  const ask = async (what: string, text: string): Promise<Row[]> =>
    connections.run({ what, text, writes: false }, []);

  const problems = async (): Promise<Problem[]> => [
    ...(await ask('look for shared conversations', sharedConversations(tables))).map(shared),
    ...(await ask('look for missing records', missingRecords(tables))).map(lacking),
    ...(await ask('look for lost values', lostValues(tables))).map(valueless),
    ...(await ask('look for records of nobody', orphansIn(tables))).map(orphaned),
  ];

  return {
    async verify() {
      const found = await problems();
      const { sessions, archives, bytes } = await this.figures();
      return {
        ok: !found.some(({ severity }) => severity === 'damage'),
        checked: {
          sessions,
          transcripts: sessions + archives,
          archives,
          bytes: bytes.metadata + bytes.transcripts + bytes.archives + bytes.blobs,
        },
        problems: found,
      };
    },

    async repair({ dryRun }) {
      const found = await problems();
      const restorable = found.filter(({ code, key }) => code === 'ORPHAN' && key !== undefined);
      if (!dryRun && restorable.length > 0) await archiveOrphans(context);
      return {
        dryRun,
        actions: restorable.map(({ key = '', message }) => ({
          key,
          action: `make it an archive of the session: ${message}`,
        })),
        remaining: found.filter((problem) => !restorable.includes(problem)),
      };
    },

    async figures() {
      const [row = {}] = await ask('count', counts(tables));
      const [dead = {}] = await ask('count archives', archiveCounts(tables));
      const [blobs = {}] = await ask('count large values', blobCounts(tables));
      const biggest = await ask('look for the biggest', biggestSessions(tables));
      return {
        sessions: Number(row.sessions),
        turns: Number(row.turns),
        archives: Number(dead.archives),
        bytes: {
          metadata: Number(row.metadata),
          transcripts: Number(row.transcripts),
          archives: Number(dead.bytes),
          blobs: Number(blobs.bytes),
          journals: 0,
        },
        blobs: { count: Number(blobs.count), references: Number(blobs.refers) },
        journals: { count: 0 },
        biggest: biggest.map(({ key, bytes }) => ({ key: key as string, bytes: Number(bytes) })),
      };
    },
  };
}

type Tables = PostgresContext['tables'];

const counts = (
  t: Tables,
) => `select count(*) as sessions, coalesce(sum(octet_length(s.entry::text)), 0) as metadata,
  coalesce(sum(s.bytes), 0) as transcripts,
  (select count(*) from ${t.turns} u join ${t.sessions} r on r.key = u.key and r.turn = u.fence
    where u.expires_at > clock_timestamp()) as turns from ${t.sessions} s`;

const archiveCounts = (t: Tables) => `select count(*) as archives,
  coalesce(sum(octet_length(a.entry::text) + a.bytes), 0) as bytes from ${t.archives} a`;

const blobCounts = (
  t: Tables,
) => `select count(*) as count, coalesce(sum(octet_length(v.value::text)), 0) as bytes,
  (select count(*) from (select s.statics from ${t.sessions} s where s.statics <> '{}'
    union all select a.statics from ${t.archives} a where a.statics <> '{}') h, jsonb_each(h.statics)) as refers
  from ${t.statics} v`;

const biggestSessions = (
  t: Tables,
) => `select s.key, octet_length(s.entry::text) + s.bytes + coalesce(
    (select sum(octet_length(a.entry::text) + a.bytes) from ${t.archives} a where a.key = s.key), 0) as bytes
  from ${t.sessions} s order by 2 desc, 1 limit ${BIGGEST_MAX}`;

const sharedConversations = (
  t: Tables,
) => `select min(c.key) as key, max(c.key) as other, c.session_id from (
    select key, session_id from ${t.sessions} union all select key, session_id from ${t.archives}) c
  group by c.session_id having count(*) > 1`;

const missingRecords = (t: Tables) => `select c.key, c.session_id, c.last_seq,
    (select count(*) from ${t.records} r where r.conversation = c.conversation) as there
  from (select key, session_id, conversation, last_seq from ${t.sessions} where last_seq > 0
    union all select key, session_id, conversation, last_seq from ${t.archives} where last_seq > 0) c
  where c.last_seq <> (select count(*) from ${t.records} r where r.conversation = c.conversation)`;

const lostValues = (t: Tables) => `select c.key, f.value as hash from (
    select key, statics from ${t.sessions} where statics <> '{}'
    union all select key, statics from ${t.archives} where statics <> '{}') c, jsonb_each_text(c.statics) f
  where not exists (select from ${t.statics} v where v.hash = f.value)`;

function shared({ key, other, session_id }: Row): Problem {
  return {
    code: 'DUPLICATE',
    severity: 'damage',
    key: key as string,
    message: `The conversation ${session_id} also belongs to session ${JSON.stringify(other)}.`,
    remedy: 'Reset the session that should not have it.',
  };
}

function lacking({ key, session_id, last_seq, there }: Row): Problem {
  return {
    code: 'TRANSCRIPT_DAMAGED',
    severity: 'damage',
    key: key as string,
    message: `The conversation ${session_id} should have ${last_seq} records and has ${there}: something else than Holdfast deleted them.`,
    remedy: 'Put the rows back into the table records from a backup. The others are served.',
  };
}

function valueless({ key, hash }: Row): Problem {
  return {
    code: 'ENTRY_DAMAGED',
    severity: 'damage',
    key: key as string,
    message: `Its entry refers to a stored value that is gone: ${hash}.`,
    remedy: 'Put the row back into the table statics from a backup.',
  };
}

function orphaned({ key, session_id, conversation, records }: Row): Problem {
  if (key == null) {
    return {
      code: 'ORPHAN',
      severity: 'notice',
      message: `${records} records of conversation ${conversation} belong to no session, and nothing says whose they were.`,
      remedy: 'Look at the table records, and delete what nobody needs.',
    };
  }
  return {
    code: 'ORPHAN',
    severity: 'notice',
    key,
    message: `${records} records of its conversation ${session_id} belong to no session and no archive.`,
    remedy: 'Repair makes an archive of them.',
  };
}
