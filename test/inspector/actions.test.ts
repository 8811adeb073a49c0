import { closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RepairReport, VerifyReport } from '../../src/contract/reports.ts';
import { openStore } from '../../src/open-store.ts';
import { realFileLock } from '../../src/system/file-lock.ts';
import { afterwards, asking, opened, refusal, SLACK, temporary } from './asking.ts';

async function writing(location = 'memory:') {
  const store = await opened(location);
  await store.session(SLACK).update({ model: 'opus', label: 'a' });
  return { store, session: store.session(SLACK), ...asking(store, { write: true }) };
}

describe('an action', () => {
  it('needs to be allowed', async () => {
    const store = await opened();
    await store.session(SLACK).update({ a: 1 });
    const { act } = asking(store);
    for (const action of [{ action: 'remove', key: SLACK }, { action: 'verify' }]) {
      const refused = await refusal(act(action));
      expect(refused).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      expect(refused.remedy).toContain('--write');
    }
    expect(await store.session(SLACK).read()).toBeDefined();
  });

  it('needs its header and its type, which no form can send', async () => {
    const { act, session } = await writing();
    const remove = { action: 'remove', key: SLACK };
    for (const headers of [
      { 'x-holdfast-action': null },
      { 'x-holdfast-action': 'yes' },
      { 'content-type': null },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'application/jsonp' },
    ]) {
      expect((await act(remove, { headers })).status).toBeGreaterThanOrEqual(403);
    }
    expect(await session.read()).toBeDefined();
    const charset = { 'content-type': 'application/json; charset=utf-8' };
    expect((await act(remove, { headers: charset })).status).toBe(200);
  });

  it.each<[unknown, string]>([
    ['not json', 'JSON'],
    ['[]', 'JSON object'],
    ['null', 'JSON object'],
    [{}, 'action'],
    [{ action: 'constructor' }, 'action'],
    [{ action: 'remove' }, 'key'],
    [{ action: 'restore', key: SLACK }, 'sessionId'],
    [{ action: 'reset', key: SLACK, keep: ['model'] }, 'keep'],
    [{ action: 'reset', key: SLACK, reason: 'x'.repeat(201) }, 'reason'],
    [{ action: 'reset', key: SLACK, signal: {} }, 'signal'],
    [{ action: 'interrupt', key: SLACK, graceMs: 60_001 }, 'graceMs'],
    [{ action: 'interrupt', key: SLACK, graceMs: '5' }, 'graceMs'],
    [{ action: 'edit', key: SLACK, value: 5 }, 'field'],
    [{ action: 'edit', key: SLACK, field: '', value: 5 }, 'field'],
    [{ action: 'edit', key: SLACK, field: 'a', ifRev: -1 }, 'ifRev'],
    [{ action: 'repair' }, 'dryRun'],
    [{ action: 'repair', dryRun: 1 }, 'dryRun'],
    [{ action: 'verify', key: SLACK }, 'key'],
    ['{"action":"verify","__proto__":1}', '__proto__'],
  ])('refuses %j and names what is wrong', async (body, name) => {
    const { act, session } = await writing();
    const refused = await refusal(act(body as string));
    expect(refused).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(refused.message).toContain(name);
    expect(await session.read()).toMatchObject({ rev: 1 });
  });

  it('is refused above 64 KiB, whatever is said of its length', async () => {
    const { act } = await writing();
    const body = { action: 'edit', key: SLACK, field: 'a', value: 'x'.repeat(65_536) };
    expect(await refusal(act(body))).toMatchObject({ status: 413, code: 'BAD_REQUEST' });
    const headers = { 'content-length': String(JSON.stringify(body).length) };
    expect(await refusal(act(body, { headers }))).toMatchObject({ status: 413 });
  });

  it.each<[Record<string, unknown>, number, string]>([
    [{ action: 'remove', key: 'a\u0000b' }, 400, 'INVALID_KEY'],
    [{ action: 'restore', key: SLACK, sessionId: '../x' }, 400, 'INVALID_ENTRY'],
    [{ action: 'restore', key: SLACK, sessionId: 'none' }, 404, 'SESSION_GONE'],
    [{ action: 'reset', key: 'agent:main:none' }, 404, 'SESSION_GONE'],
    [{ action: 'edit', key: 'agent:main:none', field: 'a', value: 1 }, 404, 'SESSION_GONE'],
    [{ action: 'edit', key: SLACK, field: 'a', value: 1, ifRev: 7 }, 409, 'REV_CONFLICT'],
    [{ action: 'edit', key: SLACK, field: 'sessionId', value: 5 }, 400, 'INVALID_ENTRY'],
    [{ action: 'remove', key: SLACK, ifSessionId: 'other' }, 409, 'SESSION_CHANGED'],
  ])('%j is refused as the store refuses it', async (action, status, code) => {
    const { act, session, store } = await writing();
    const refused = await refusal(act(action));
    expect(refused).toMatchObject({ status, code, remedy: expect.any(String) });
    expect(await session.read()).toMatchObject({ rev: 1 });
    expect(await store.session('agent:main:none').read()).toBeUndefined();
  });
});

describe('what is done', () => {
  it('edit sets a field and removes one', async () => {
    const { act, session } = await writing();
    const set = await act({ action: 'edit', key: SLACK, field: 'tags', value: ['a'], ifRev: 1 });
    expect(set).toMatchObject({ status: 200, body: { rev: 2, entry: { tags: ['a'] } } });
    expect(set.headers.get('content-type')).toMatch(/^application\/json\b/);
    await act({ action: 'edit', key: SLACK, field: 'label' });
    await act({ action: 'edit', key: SLACK, field: '__proto__', value: 'data' });
    const { entry } = (await session.read()) ?? { entry: {} };
    expect(Object.keys(entry).sort()).toEqual(['__proto__', 'model', 'tags']);
  });

  it('reset archives, restore goes back, remove takes all away', async () => {
    const { act, session } = await writing();
    const former = (await session.read())?.sessionId ?? '';
    const reset = await act({ action: 'reset', key: SLACK, reason: 'stuck', keep: 'none' });
    expect(reset.body).toMatchObject({ rev: 2, entry: {} });
    expect(await session.archives()).toMatchObject([{ sessionId: former, reason: 'stuck' }]);
    const restored = await act({ action: 'restore', key: SLACK, sessionId: former });
    expect(restored.body).toMatchObject({ sessionId: former, entry: { model: 'opus' } });
    expect((await act({ action: 'remove', key: SLACK, ifSessionId: former })).body).toBe(true);
    expect(await session.read()).toBeUndefined();
    expect((await act({ action: 'remove', key: SLACK })).body).toBe(false);
  });

  it('interrupt asks a turn to stop, in whichever store it runs', async () => {
    const directory = temporary();
    const { act, session } = await writing(directory);
    const gateway = await opened(directory);
    let reason: unknown;
    let began: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      began = resolve;
    });
    const turn = gateway.session(SLACK).turn(({ signal }) => {
      began();
      return new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          resolve();
        });
      });
    });
    await running;
    const asked = { action: 'interrupt', key: SLACK, graceMs: 10_000, reason: 'by hand' };
    expect((await act(asked)).body).toBe(true);
    await turn;
    expect(String(reason)).toContain('by hand');
    expect((await session.read())?.turn).toBeUndefined();
    expect((await act({ action: 'interrupt', key: SLACK })).body).toBe(false);
  });

  it('R10.7 a busy session is reported as busy, with its holder', async () => {
    const directory = temporary();
    const gateway = await opened(directory, 'telegram');
    await gateway.session(SLACK).update({ model: 'opus' });
    const store = await openStore(directory, { lockWaitMs: 50 });
    afterwards(() => store.close());
    const { act } = asking(store, { write: true });
    const sessions = join(directory, 'agents/main/sessions/sessions.d');
    const lock = openSync(join(sessions, readdirSync(sessions)[0] ?? '', 'lock'), 'r+');
    await gateway.session(SLACK).turn(async () => {
      // Another process in the middle of a commit.
      expect(realFileLock.tryLock(lock)).toBe(true);
      const refused = await refusal(act({ action: 'reset', key: SLACK }));
      closeSync(lock);
      expect(refused).toMatchObject({ status: 409, code: 'SESSION_BUSY' });
      expect(refused.message).toContain(`telegram (pid ${process.pid} on`);
      expect(refused.remedy).toMatch(/^Wait and try again/);
    });
  });

  it('verify and repair report what the store does', async () => {
    const { act } = await writing(temporary());
    const verified = await act<VerifyReport>({ action: 'verify' });
    expect(verified.body).toMatchObject({ ok: true, checked: { sessions: 1 } });
    const repaired = await act<RepairReport>({ action: 'repair', dryRun: true });
    expect(repaired.body).toMatchObject({ dryRun: true, actions: [] });
    expect((await act<RepairReport>({ action: 'repair', dryRun: false })).body.dryRun).toBe(false);
  });
});
