import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openPostgres } from '../../src/backends/postgres/open-postgres.ts';
import { realWorld } from '../../src/backends/postgres/world.ts';
import type { Backend } from '../../src/contract/backend.ts';
import { gate, refused, until } from '../../src/contract/conformance/trial.ts';
import { openStore } from '../../src/index.ts';
import { freshSchema } from './fresh-schema.ts';

const LEASE_MS = 400;
const place = freshSchema();
const url = `${place.url}&leaseMs=${LEASE_MS}`;
afterAll(() => place.drop());

let keys = 0;
const newKey = () => `agent:main:chat:${++keys}`;

/** A back end that does nothing by itself after a while, as a process that hangs. */
function hanging(): Promise<Backend> {
  const options = {
    pool: new pg.Pool({ connectionString: place.server }),
    ownsPool: true,
    location: 'postgres:hanging',
    schema: place.schema,
    migrate: true,
    durability: 'process' as const,
    lockWaitMs: 10_000,
    leaseMs: LEASE_MS,
    onWarning: () => undefined,
  };
  return openPostgres(options, { ...realWorld, after: () => () => undefined });
}

const ask = () => ({
  holder: { host: 'here', pid: 1, instance: 'hangs' },
  waitMs: 0,
  onInterrupt: () => undefined,
  onLost: () => undefined,
});

test('C.4 postgres: the server refuses every verb of a turn whose lease ran out, also when nobody took it over', async () => {
  const key = newKey();
  const backend = await hanging();
  const { fence } = await backend.beginTurn(key, ask());
  await backend.update(key, { n: 1 }, { fence });
  await until('it is cut off', async () => (await backend.read(key))?.turn?.status === 'cut-off');
  const before = await backend.read(key);
  await refused('TURN_LOST', () => backend.update(key, { n: 2 }, { fence }));
  await refused('TURN_LOST', () => backend.update(key, () => ({ n: 2 }), { fence }));
  await refused('TURN_LOST', () => backend.append(key, { type: 'note' }, {}, { fence }));
  await refused('TURN_LOST', () =>
    backend.reset(key, { reason: 'reset', keep: 'all' } as never, { fence }),
  );
  await refused('TURN_LOST', () => backend.remove(key, { fence }));
  expect(await backend.read(key)).toEqual(before);
  await backend.close();
});

test('C.4 postgres: the server refuses every verb of a turn that another one followed', async () => {
  const key = newKey();
  const [backend, store] = await Promise.all([hanging(), openStore(url)]);
  const { fence } = await backend.beginTurn(key, ask());
  await store.session(key).turn(async (turn) => {
    expect(turn.fence).toBeGreaterThan(fence);
    expect(turn.previous).toMatchObject({ fence, ended: 'cut-off' });
    await turn.update({ by: 'next' });
    await refused('TURN_LOST', () => backend.update(key, { by: 'former' }, { fence }));
    await refused('TURN_LOST', () => backend.append(key, { type: 'note' }, {}, { fence }));
    await refused('TURN_LOST', () => backend.remove(key, { fence }));
    // Its end is not the end of the one that runs.
    await backend.endTurn(key, fence);
    await turn.update({ n: 1 });
  });
  expect((await store.session(key).read())?.entry).toEqual({ by: 'next', n: 1 });
  await Promise.all([backend.close(), store.close()]);
});

test('R11.1 postgres: a turn is kept alive for many leases by a process that does nothing else', async () => {
  const key = newKey();
  const [near, far] = await Promise.all([openStore(url), openStore(url)]);
  const [begun, out] = [gate(), gate()];
  const held = near.session(key).turn(async (turn) => {
    begun.open();
    await out.opened;
    expect(turn.signal.aborted).toBe(false);
    await turn.update({ n: 1 });
  });
  await begun.opened;
  // Not from inside the turn, where it would be refused without asking the server.
  const waited = { whenBusy: 'wait', waitMs: 4 * LEASE_MS } as const;
  await refused('SESSION_BUSY', () => far.session(key).turn(() => 0, waited));
  out.open();
  await held;
  await Promise.all([near.close(), far.close()]);
});
