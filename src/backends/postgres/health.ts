/** What can be wrong: rows that do not fit each other. */
import type { Backend } from '../../contract/backend.ts';
import type { Problem } from '../../contract/reports.ts';
import type { PostgresContext } from './context.ts';
import { storeFigures } from './figures.ts';
import { archiveOrphans, orphansIn } from './orphan-records.ts';
import type { Row } from './session-row.ts';

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
      const { sessions, archives, bytes } = await storeFigures(context);
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

    figures: () => storeFigures(context),
  };
}

type Tables = PostgresContext['tables'];

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
