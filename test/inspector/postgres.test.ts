/** The inspector over PostgreSQL: what another client of the server does is seen as on a directory. */
import { afterAll, expect, inject, it } from 'vitest';
import type { Overview, SessionsPage, SessionView } from '../../src/inspector/wire.ts';
import { freshSchema } from '../postgres/fresh-schema.ts';
import { afterwards, asking, eventually, opened, SLACK, TELEGRAM } from './asking.ts';

const { url, drop } = freshSchema(inject('postgresUrl'));
afterAll(drop);

it('R11.10 postgres: sessions, turns and changes of another store are seen, and no password', async () => {
  const gateway = await opened(url, 'gateway');
  await gateway.session(TELEGRAM).update({ label: 'Family' });
  const { get, raw, act } = asking(await opened(url), { write: true });
  const about = await (await raw('api/about')).text();
  expect(about).toContain('"kind":"postgres"');
  expect(about).not.toContain(new URL(url).password);

  const sessions = async (params = {}) => (await get<SessionsPage>('api/sessions', params)).body;
  await eventually(async () => (await sessions()).complete);
  let end: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    end = resolve;
  });
  const turn = gateway.session(SLACK).turn(async (running) => {
    await running.append({ type: 'message', message: { role: 'user', content: 'hello' } });
    await told;
  });
  afterwards(async () => {
    end();
    await turn;
  });
  await eventually(async () => (await get<Overview>('api/overview')).body.turns.running === 1);
  const [row] = (await sessions({ state: 'running' })).rows;
  expect(row).toMatchObject({ key: SLACK, turn: { holder: { instance: 'gateway' } } });
  expect(row?.size?.transcript).toBeGreaterThan(0);

  const edit = { action: 'edit', key: TELEGRAM, field: 'label', value: 'Us' };
  expect(await act(edit)).toMatchObject({ status: 200, body: { rev: 2 } });
  const view = await get<SessionView>('api/session', { key: TELEGRAM });
  expect(view.body).toMatchObject({ entry: { label: 'Us' }, row: { label: 'Us' } });
});
