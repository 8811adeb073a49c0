import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PostgresServer } from '../../scripts/postgres-server.js';
import { refused, until } from '../../src/contract/conformance/trial.ts';
import { openStore } from '../../src/index.ts';
import { seeded } from '../processes/seeded.ts';
import { freshSchema } from './fresh-schema.ts';
import { underLoad } from './load.ts';

const KEY = 'agent:main:chat:1';

/** A server of these tests alone: it does not survive them unharmed. */
let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());

const crash = async () => {
  await server.kill('SIGKILL');
  await server.restart();
};

test('R1.3 postgres: an update that resolved survives kill -9 of the server, and so does an append', async () => {
  const { url } = freshSchema(server.url);
  const store = await openStore(url, { lockWaitMs: 2_000 });
  const session = store.session(KEY);
  const state = await session.update({ n: 1 });
  const record = await session.append({ type: 'note', n: 1 });
  await crash();
  // The pool finds the server again by itself.
  expect(await session.read()).toEqual(state);
  expect((await session.update({ n: 2 })).rev).toBe(state.rev + 1);
  const next = await session.append({ type: 'note', n: 2 });
  expect(next).toMatchObject({ seq: record.seq + 1, parentId: record.id });
  await store.close();
});

test('C.14 postgres: kill -9 of the server under load loses and doubles nothing', async () => {
  const { url } = freshSchema(server.url);
  const chance = seeded('postgres, kill -9 of the server');
  const { errors, acknowledged } = await underLoad(
    `${url}&leaseMs=1000`,
    chance,
    async (worked) => {
      for (let crashes = 0; crashes < 3; crashes += 1) {
        await worked(5 + chance.below(15));
        await crash();
      }
      await worked(10);
    },
  );
  console.log(`3 crashes, ${acknowledged} acknowledged: ${JSON.stringify(errors)}`);
  expect(acknowledged).toBeGreaterThan(100);
  expect(errors.IO_FAILED ?? 0).toBeGreaterThan(0);
});

test('C.3 postgres: calls to a server that is away fail with IO_FAILED, and the turn goes on when it is back', async () => {
  const { url } = freshSchema(server.url);
  const store = await openStore(url, { lockWaitMs: 500, onWarning: () => undefined });
  const session = store.session(KEY);
  await session.update({ n: 1 });
  await session.turn(async (turn) => {
    await server.kill('SIGKILL');
    await until('the pool has noticed', async () => {
      const { code } = await refused('IO_FAILED', () => session.read());
      return code === 'IO_FAILED';
    });
    await refused('IO_FAILED', () => session.update({ n: 2 }));
    await refused('IO_FAILED', () => turn.append({ type: 'note' }));
    await refused('IO_FAILED', () => store.session('agent:main:chat:2').turn(() => 0));
    await server.restart();
    await turn.update({ n: 3 });
  });
  expect((await session.read())?.entry).toEqual({ n: 3 });
  await store.close();
});

test('C.14 postgres: connections that the server ends under load lose and double nothing', async () => {
  const { url } = freshSchema(server.url);
  const chance = seeded('postgres, pg_terminate_backend');
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  let ended = 0;
  const { errors, acknowledged } = await underLoad(
    `${url}&leaseMs=1000`,
    chance,
    async (worked) => {
      for (let rounds = 0; rounds < 40; rounds += 1) {
        await worked(1);
        const { rows } = await admin.query(
          "select pid from pg_stat_activity where application_name = 'holdfast' order by pid",
        );
        for (const { pid } of rows) {
          if (chance.below(3) > 0) continue;
          await admin.query('select pg_terminate_backend($1)', [pid]);
          ended += 1;
        }
      }
      await worked(10);
    },
  );
  await admin.end();
  console.log(
    `${ended} connections ended, ${acknowledged} acknowledged: ${JSON.stringify(errors)}`,
  );
  expect(ended).toBeGreaterThan(20);
  expect(acknowledged).toBeGreaterThan(100);
});
