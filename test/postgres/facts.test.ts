/** Acceptance facts on PostgreSQL that the conformance suite does not state. */
import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openStore, type Store, type StoreOptions } from '../../src/index.ts';
import { openPostgresStore } from '../../src/open-postgres-store.ts';
import { countedPool } from './counted-pool.ts';
import { freshSchema } from './fresh-schema.ts';

const { url, server, schema, drop } = freshSchema();
const sql = new pg.Pool({ connectionString: server, max: 3 });
const opened: Store[] = [];
let agents = 0;

async function open(options?: StoreOptions): Promise<Store> {
  const store = await openStore(url, options);
  opened.push(store);
  return store;
}

/** Keys that no other test of this file has. */
function agent(): string {
  agents += 1;
  return `agent:facts-${agents}`;
}

/** Holds the row of a session, as a transaction of another program may do. */
async function holdRow(key: string) {
  const client = await sql.connect();
  await client.query('begin');
  await client.query(`select from ${schema}.sessions where key = $1 for update`, [key]);
  return async () => {
    await client.query('rollback');
    client.release();
  };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

afterAll(async () => {
  await sql.end();
  await drop();
});

describe('postgres', () => {
  it('R1.1 updates of B finish while updates of A wait for a row that another program holds', async () => {
    const store = await open({ lockWaitMs: 60_000 });
    const base = agent();
    const a = store.session(`${base}:a`);
    const b = store.session(`${base}:b`);
    await Promise.all([a.update({ n: 0 }), b.update({ n: 0 })]);
    const release = await holdRow(a.key);
    const queued = Array.from({ length: 2_000 }, (_, n) => a.update({ n }));
    for (let n = 1; n <= 50; n += 1) await b.update({ n });
    expect((await b.read())?.entry.n).toBe(50);
    expect((await a.read())?.entry.n).toBe(0);
    await release();
    const states = await Promise.all(queued);
    expect(states.at(-1)?.entry.n).toBe(1_999);
  });

  it('C.6 a session whose row is held takes one connection, however many calls wait for it', async () => {
    const { pool, end } = countedPool(server);
    const store = await openPostgresStore(pool, { schema, lockWaitMs: 60_000 });
    const base = agent();
    const held = Array.from({ length: 5 }, (_, i) => store.session(`${base}:held-${i}`));
    for (const session of held) await session.update({ n: 0 });
    const releases = await Promise.all(held.slice(0, 2).map(({ key }) => holdRow(key)));
    const waiting = held
      .slice(0, 2)
      .flatMap((session) => [
        ...Array.from({ length: 20 }, (_, n) => session.update({ n })),
        ...Array.from({ length: 20 }, () => session.append({ type: 'note' })),
      ]);
    for (const session of held.slice(2)) await session.update({ n: 1 });
    for (const release of releases) await release();
    await Promise.all(waiting);
    await store.close();
    await end();
  });

  it('R10.7 a commit that waits too long for its row is refused as busy, and nothing was written', async () => {
    const store = await open({ lockWaitMs: 1_000 });
    const session = store.session(`${agent()}:busy`);
    await session.update({ n: 0 });
    const release = await holdRow(session.key);
    await expect(session.update({ n: 1 })).rejects.toMatchObject({ code: 'SESSION_BUSY' });
    await expect(session.append({ type: 'note' })).rejects.toMatchObject({ code: 'SESSION_BUSY' });
    await expect(session.reset()).rejects.toMatchObject({ code: 'SESSION_BUSY' });
    await release();
    expect(await session.read()).toMatchObject({ rev: 1, entry: { n: 0 } });
  });

  it('R1.2 100 increments of four stores at once count to 100', async () => {
    const stores = await Promise.all([open(), open(), open(), open()]);
    const key = `${agent()}:counter`;
    const increment = (entry: { n?: number }) => ({ n: (entry.n ?? 0) + 1 });
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => stores[i % 4]?.session(key).update(increment)),
    );
    expect(await (await open()).session(key).read()).toMatchObject({ rev: 100, entry: { n: 100 } });
  });

  it('R2.1 two runs of different agents that end in the same tick keep both results', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    const keys = [`${agent()}:main`, `${agent()}:main`] as const;
    await Promise.all([
      one.session(keys[0]).turn((turn) => turn.update({ result: 'one' })),
      two.session(keys[1]).turn((turn) => turn.update({ result: 'two' })),
    ]);
    expect((await two.session(keys[0]).read())?.entry.result).toBe('one');
    expect((await one.session(keys[1]).read())?.entry.result).toBe('two');
  });

  it('R5.2 after 1,000 resets of a session an update is still one statement on one row', async () => {
    const { pool, said, end } = countedPool(server);
    const store = await openPostgresStore(pool, { schema });
    const session = store.session(`${agent()}:reset-often`);
    await session.update({ n: 0 });
    const statementsOf = async (n: number) => {
      said.length = 0;
      await session.update({ n });
      return [...said];
    };
    const before = await statementsOf(1);
    for (let i = 0; i < 1_000; i += 1) await session.reset();
    expect(await statementsOf(2)).toEqual(before);
    expect(before).toHaveLength(1);
    expect(before[0]).not.toMatch(/archives/);
    expect(await session.archives()).toHaveLength(1_000);
    await store.close();
    await end();
  });

  it('R5.4 a reset is one statement, so that no death can leave half of it', async () => {
    const { pool, said, end } = countedPool(server);
    const store = await openPostgresStore(pool, { schema });
    const session = store.session(`${agent()}:reset`);
    const { sessionId } = await session.update({ n: 0 });
    await session.append({ type: 'note' });
    said.length = 0;
    await session.reset();
    await session.restore(sessionId);
    expect(said).toHaveLength(2);

    const release = await holdRow(session.key);
    const before = await store.session(session.key).read();
    const refused = expect(session.reset()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const waits = `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%' || $1 || '%archives%'`;
    let pids: { pid: number }[] = [];
    while (pids.length === 0) pids = (await sql.query(waits, [schema])).rows;
    await sql.query('select pg_terminate_backend($1)', [pids[0]?.pid]);
    await refused;
    await release();
    expect(await session.read()).toEqual(before);
    await store.close();
    await end();
  });

  it('R5.8 archives are made again of records alone, with their key, id and time', async () => {
    const place = freshSchema();
    const store = await openStore(place.url);
    const session = store.session('agent:main:slack:channel:c1');
    const texts = async (sessionId: string) => {
      const records = [];
      for await (const record of session.transcript({ sessionId })) records.push(record);
      return records;
    };
    await session.append({ type: 'note', text: 'one' });
    const former = (await session.read())?.sessionId ?? '';
    const records = await texts(former);
    const { sessionId } = await session.reset();
    await session.append({ type: 'note', text: 'two' });
    const active = await texts(sessionId);
    const [archive] = await session.archives();
    for (const table of ['sessions', 'archives']) {
      await sql.query(`delete from ${place.schema}.${table}`);
    }
    expect((await store.verify()).problems.map(({ code, key }) => ({ code, key }))).toEqual([
      { code: 'ORPHAN', key: session.key },
      { code: 'ORPHAN', key: session.key },
    ]);
    expect((await store.repair()).actions).toHaveLength(2);
    expect(await session.archives()).toEqual([]);
    await store.repair({ dryRun: false });
    expect((await store.verify()).problems).toEqual([]);
    const made = await session.archives();
    expect(made.map(({ reason }) => reason)).toEqual(['repair', 'repair']);
    const again = made.find((each) => each.sessionId === former);
    expect(again).toMatchObject({ createdAt: archive?.createdAt, bytes: archive?.bytes });
    expect(await texts(former)).toEqual(records);
    expect(await texts(sessionId)).toEqual(active);
    await session.restore(sessionId);
    expect((await session.append({ type: 'note', text: 'three' })).parentId).toBe(active[0]?.id);
    await store.close();
    await place.drop();
  });

  it('R10.2 a conversation that two keys have is reported', async () => {
    const store = await open();
    const base = agent();
    const { sessionId } = await store.session(`${base}:one`).update({ n: 1 });
    await store.session(`${base}:two`).update({ n: 1 });
    await sql.query(`update ${schema}.sessions set session_id = $1 where key = $2`, [
      sessionId,
      `${base}:two`,
    ]);
    const { ok, problems } = await store.verify();
    expect(ok).toBe(false);
    expect(problems.map(({ code, key }) => ({ code, key }))).toEqual([
      { code: 'DUPLICATE', key: `${base}:one` },
    ]);
    await store.session(`${base}:two`).remove();
    expect((await store.verify()).ok).toBe(true);
  });

  it('C.6 a turn that is free goes to nobody who came after another that waits', async () => {
    const store = await open();
    const session = store.session(`${agent()}:in-line`);
    await session.update({ n: 0 });
    const first = `insert into ${schema}.waiters (id, key, interrupts, expires_at)
      values (gen_random_uuid(), $1, $2, clock_timestamp() + interval '1 minute')`;
    await sql.query(first, [session.key, false]);
    const refused = { code: 'SESSION_BUSY' };
    await expect(session.turn(() => 'in', { whenBusy: 'reject' })).rejects.toMatchObject(refused);
    await expect(session.turn(() => 'in', { waitMs: 50 })).rejects.toMatchObject(refused);
    const urgent = { whenBusy: 'interrupt', graceMs: 0, waitMs: 50 } as const;
    expect(await session.turn(() => 'in', urgent)).toBe('in');
    await sql.query(first, [session.key, true]);
    await expect(session.turn(() => 'in', urgent)).rejects.toMatchObject(refused);
    await sql.query(`delete from ${schema}.waiters where key = $1`, [session.key]);
    expect(await session.turn(() => 'in', { whenBusy: 'reject' })).toBe('in');
  });

  it('R11.6 the end of a turn that was overtaken leaves the turn of the next owner alone', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    const key = `${agent()}:owner`;
    let end = (): void => undefined;
    const ends = new Promise<void>((resolve) => {
      end = resolve;
    });
    let begun = (): void => undefined;
    const begins = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const first = one.session(key).turn(async () => {
      begun();
      await ends;
    });
    await begins;
    await two.session(key).turn(
      async (turn) => {
        end();
        await first;
        expect((await one.session(key).read())?.turn?.fence).toBe(turn.fence);
        await turn.update({ by: 'second' });
      },
      { whenBusy: 'interrupt', graceMs: 0 },
    );
    expect((await one.session(key).read())?.entry.by).toBe('second');
  });

  it('C.8 a value of 60 KB that 240 sessions have is stored once and held in memory once', async () => {
    const place = freshSchema();
    const store = await openStore(place.url);
    const report = Array.from({ length: 600 }, (_, i) => ({
      name: `skill-${i}`,
      text: 'äb'.repeat(30 + (i % 7)),
    }));
    const sessions = Array.from({ length: 240 }, (_, i) => store.session(`agent:a:shared:${i}`));
    for (const session of sessions) await session.update({ report, own: session.key });
    const { rows } = await sql.query(
      `select sum(pg_total_relation_size(c.oid)) as bytes from pg_class c
       where c.relnamespace = $1::regnamespace and c.relkind = 'r'`,
      [place.schema],
    );
    expect(Number(rows[0].bytes)).toBeLessThan(2_000_000);
    const states = await Promise.all(sessions.slice(2).map((session) => session.read()));
    const first = states[0]?.entry.report;
    expect(first).toEqual(report);
    for (const state of states) expect(state?.entry.report).toBe(first);
    const { blobs } = await store.figures();
    expect(blobs).toMatchObject({ count: 1, references: 239, biggest: [{ references: 239 }] });
    await store.close();
    await place.drop();
  });

  it('C.9 a write that changes nothing writes nothing, not even a new version of the row', async () => {
    const store = await open();
    const session = store.session(`${agent()}:same`);
    const value = { n: 1, list: [1, { a: null }], text: 'x\u0000\ud800' };
    await session.update(value);
    const version = async () =>
      (
        await sql.query(`select xmin::text, ctid::text from ${schema}.sessions where key = $1`, [
          session.key,
        ])
      ).rows[0];
    const before = await version();
    expect((await session.update(value)).rev).toBe(1);
    expect((await session.update({ list: [1, { a: null }] })).rev).toBe(1);
    expect((await session.update({ gone: null })).rev).toBe(1);
    expect((await session.update((entry) => ({ n: entry.n }))).rev).toBe(1);
    expect(await version()).toEqual(before);
  });

  it('a read is one query, and a patch is one statement', async () => {
    const { pool, said, end } = countedPool(server);
    const store = await openPostgresStore(pool, { schema });
    const session = store.session(`${agent()}:one`);
    await session.update({ n: 0 });
    said.length = 0;
    await session.read();
    await session.update({ n: 1, gone: null, more: { a: [1] } }, { ifRev: 1 });
    await session.update((entry) => ({ n: entry.n + 1 }));
    await session.append({ type: 'note' }, { id: 'one' });
    expect(said).toHaveLength(4);
    await store.close();
    await end();
  });

  it('a store over a pool leaves the pool open', async () => {
    const pool = new pg.Pool({ connectionString: server });
    const store = await openPostgresStore(pool, { schema });
    await store.session(`${agent()}:x`).turn((turn) => turn.update({ n: 1 }));
    await store.close();
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(pool.idleCount).toBe(pool.totalCount);
    await pool.end();
  });
});
