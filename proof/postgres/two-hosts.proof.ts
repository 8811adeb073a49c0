import { expect } from 'vitest';
import { PostgresServer } from '../../scripts/postgres-server.js';
import { until } from '../../src/contract/conformance/trial.ts';
import { openStore } from '../../src/index.ts';
import { BadNetwork } from '../../test/postgres/bad-network.ts';
import { Child } from '../../test/processes/child.ts';
import { itWith } from '../frame/needs.ts';
import { Host } from './hosts.ts';

const SESSIONS = 5;
const LEASE_MS = 1_000;

const it = itWith(['root', 'linux', 'ip']);

interface State {
  entry: { by?: string };
}

/** A gateway on a host of its own. */
async function gateway(server: PostgresServer, host: Host, relay: BadNetwork): Promise<Child> {
  const url = server.urlAt(relay.port, host.server);
  return Child.gateway(`${url}?leaseMs=${LEASE_MS}`, { lockWaitMs: 5_000 }, { wrap: host.wrap });
}

it('R18 postgres: a host that is cut off loses its sessions to another within the lease and a second, and writes nothing afterwards', async () => {
  const server = await PostgresServer.start();
  const [left, right] = [new Host(), new Host()];
  const relays = await Promise.all(
    [left, right].map((h) => BadNetwork.before(server.port, h.server)),
  );
  try {
    await (await openStore(server.url)).close();
    const a = await gateway(server, left, relays[0] as BadNetwork);
    const b = await gateway(server, right, relays[1] as BadNetwork);
    const keys = Array.from({ length: SESSIONS }, (_, n) => `agent:main:chat:${n}`);
    for (const key of keys) await a.ask('beginTurn', key, { heedless: true });
    const taken = keys.map((key) => b.ask('beginTurn', key));
    await until('all wait', async () => (await b.ask<unknown[]>('lanes')).length === SESSIONS);

    const from = performance.now();
    left.cut();
    // These are sent, and stay under way until the link is whole again.
    const late = keys.map((key) =>
      a.ask('turnCall', key, 'update', { by: 'a' }).then(
        () => 'written',
        (error: Error & { code?: string }) => error.code,
      ),
    );
    await Promise.all(taken);
    const ms = performance.now() - from;
    expect(ms).toBeLessThan(LEASE_MS + 1_000);
    for (const key of keys) await b.ask('turnCall', key, 'update', { by: 'b' });
    for (const key of keys) expect(await a.ask('turnAborted', key)).toBe(true);
    left.heal();
    const became = await Promise.all(late);
    console.log(`taken over after ${ms.toFixed(0)} ms; the late writes: ${became.join(', ')}`);
    expect(became.filter((code) => code !== 'TURN_LOST' && code !== 'OUTCOME_UNKNOWN')).toEqual([]);
    for (const key of keys) {
      await expect(a.ask('turnCall', key, 'append', { type: 'note' })).rejects.toMatchObject({
        code: 'TURN_LOST',
      });
      expect(await b.ask<State>('call', key, 'read')).toMatchObject({ rev: 2, entry: { by: 'b' } });
      expect(await b.ask('transcript', key)).toEqual([]);
    }
    // It is a member like any other again.
    await b.ask('endTurn', keys[0], 'return');
    await a.ask('beginTurn', keys[0]);
  } finally {
    await Promise.all(relays.map((relay) => relay.close()));
    await server.stop();
  }
}, 60_000);
