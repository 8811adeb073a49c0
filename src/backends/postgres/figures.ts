import { ARCHIVE_AGES_DAYS, DAY_MS, noArchives } from '../../contract/archive-ages.ts';
import type { ArchivesOfAge, StoreFigures } from '../../contract/reports.ts';
import type { PostgresContext } from './context.ts';
import type { Row } from './session-row.ts';

const BIGGEST_MAX = 10;

/**
 * Counts and bytes of everything that lies in the schema. One statement, which sees the schema at one
 * moment: figures of several would contradict each other while others write.
 */
export async function storeFigures({
  connections,
  tables,
}: PostgresContext): Promise<StoreFigures> {
  const statement = { what: 'count what is there', text: all(tables), writes: false };
  const [found = {}] = await connections.run(statement, []);
  const rowsOf = (name: keyof typeof PARTS): Row[] => JSON.parse(String(found[name])) as Row[];
  const [row = {}] = rowsOf('counts');
  const archivesByAge = agesOf(rowsOf('archives'));
  const [blobs = {}] = rowsOf('blobs');
  const values = rowsOf('shared');
  const biggest = rowsOf('biggest');
  return {
    sessions: Number(row.sessions),
    turns: Number(row.turns),
    archives: archivesByAge.reduce((sum, { count }) => sum + count, 0),
    bytes: {
      metadata: Number(row.metadata),
      transcripts: Number(row.transcripts),
      archives: archivesByAge.reduce((sum, { bytes }) => sum + bytes, 0),
      blobs: Number(blobs.bytes),
      journals: 0,
    },
    blobs: {
      count: Number(blobs.count),
      references: Number(blobs.refers),
      biggest: values.map(({ hash, bytes, refers }) => ({
        hash: hash as string,
        bytes: Number(bytes),
        references: Number(refers),
      })),
    },
    logs: { snapshots: Number(row.metadata), changes: 0 },
    archivesByAge,
    journals: { count: 0 },
    biggest: biggest.map(({ key, bytes }) => ({ key: key as string, bytes: Number(bytes) })),
  };
}

type Tables = PostgresContext['tables'];

const counts = (
  t: Tables,
) => `select count(*) as sessions, coalesce(sum(octet_length(s.entry::text)), 0) as metadata,
  coalesce(sum(s.bytes), 0) as transcripts,
  (select count(*) from ${t.turns} u join ${t.sessions} r on r.key = u.key and r.turn = u.fence
    where u.expires_at > clock_timestamp()) as turns from ${t.sessions} s`;

const archiveCounts = (
  t: Tables,
) => `select width_bucket(${t.now_ms}() - a.archived_at, array[${ARCHIVE_AGES_DAYS.map((days) => days * DAY_MS)}]::bigint[]) as class,
  count(*) as count, sum(octet_length(a.entry::text) + a.bytes) as bytes from ${t.archives} a group by 1`;

/** Rows of `archiveCounts` in their classes. */
function agesOf(rows: readonly Row[]): ArchivesOfAge[] {
  const classes = noArchives();
  for (const row of rows) {
    const counted = { count: Number(row.count), bytes: Number(row.bytes) };
    Object.assign(classes[Number(row.class)] as ArchivesOfAge, counted);
  }
  return classes;
}

const blobCounts = (
  t: Tables,
) => `select count(*) as count, coalesce(sum(octet_length(v.value::text)), 0) as bytes,
  (select count(*) from (select s.statics from ${t.sessions} s where s.statics <> '{}'
    union all select a.statics from ${t.archives} a where a.statics <> '{}') h, jsonb_each(h.statics)) as refers
  from ${t.statics} v`;

const mostShared = (
  t: Tables,
) => `select v.hash, octet_length(v.value::text) as bytes, count(h.hash) as refers from ${t.statics} v
  left join (select f.value as hash from (select s.statics from ${t.sessions} s where s.statics <> '{}'
    union all select a.statics from ${t.archives} a where a.statics <> '{}') c, jsonb_each_text(c.statics) f) h
    on h.hash = v.hash
  group by v.hash order by octet_length(v.value::text) * (count(h.hash) - 1) desc, 1 limit ${BIGGEST_MAX}`;

const biggestSessions = (
  t: Tables,
) => `select s.key, octet_length(s.entry::text) + s.bytes + coalesce(
    (select sum(octet_length(a.entry::text) + a.bytes) from ${t.archives} a where a.key = s.key), 0) as bytes
  from ${t.sessions} s order by 2 desc, 1 limit ${BIGGEST_MAX}`;

const PARTS = {
  counts,
  archives: archiveCounts,
  blobs: blobCounts,
  shared: mostShared,
  biggest: biggestSessions,
};

/** Each kind of row as a list of its own. */
const all = (tables: Tables): string =>
  `select ${Object.entries(PARTS)
    .map(
      ([name, part]) => `(select coalesce(json_agg(x), '[]') from (${part(tables)}) x) as ${name}`,
    )
    .join(', ')}`;
