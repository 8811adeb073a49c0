import { expect, it } from 'vitest';
import type { Overview, SessionsPage } from '../../src/inspector/wire.ts';
import { GatewayProcess } from '../cli/gateway-process.ts';
import { afterwards, asking, eventually, opened, SLACK, TELEGRAM, temporary } from './asking.ts';

it('R11.10 the turn of a process that is killed while somebody looks shows as cut off', async () => {
  const directory = temporary();
  const gateway = await GatewayProcess.start(directory);
  afterwards(() => gateway.kill());
  for (const key of [SLACK, TELEGRAM]) {
    gateway.tell({ turn: key });
    await gateway.said('began');
  }
  const { get } = asking(await opened(directory));
  const turns = async () => (await get<Overview>('api/overview')).body.turns;
  await eventually(async () => (await turns()).running === 2);
  const holder = { pid: gateway.child.pid, instance: 'gateway' };
  const running = await get<SessionsPage>('api/sessions', { sort: 'turn', limit: 1 });
  expect(running.body.rows).toMatchObject([{ key: SLACK, turn: { status: 'running', holder } }]);
  await gateway.kill();
  // Nobody tells of it: it is seen by looking.
  await eventually(async () => (await turns()).cutOff === 2);
  const cutOff = await get<SessionsPage>('api/sessions', { state: 'cut-off', sort: 'key' });
  expect(cutOff.body.rows).toMatchObject([
    { key: SLACK, turn: { status: 'cut-off', holder } },
    { key: TELEGRAM, turn: { status: 'cut-off', holder } },
  ]);
});

it('what another process writes is counted, once each', async () => {
  const directory = temporary();
  const gateway = await GatewayProcess.start(directory);
  afterwards(() => gateway.stop());
  gateway.tell({ write: SLACK, n: 1 });
  await gateway.said('wrote');
  const { get } = asking(await opened(directory));
  const sessions = async () => (await get<SessionsPage>('api/sessions')).body;
  await eventually(async () => (await sessions()).complete);
  gateway.tell({ write: SLACK, n: 200 });
  await gateway.said('wrote');
  await eventually(async () => (await sessions()).rows[0]?.rev === 201);
  expect((await sessions()).rows[0]?.size?.transcript).toBeGreaterThan(200 * 50);
});
