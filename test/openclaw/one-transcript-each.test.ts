import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { openStoreAt } from '../files/open-store-at.ts';
import { directoryOf } from '../files/paths-of-session.ts';
import { noticeOf } from './adopt-at.ts';
import {
  inStore,
  readList,
  recordsOf,
  sampleCopy,
  sessionsDir,
  smallCopy,
  writeList,
} from './state-copy.ts';

const MAIN = 'agent:main:main';
const MAIN_ID = '16be81ff-63ea-493b-a3b6-336fa1ec8c4d';
const hello = { type: 'message', message: { role: 'user', content: 'hello' } };

describe('a transcript', () => {
  it('R9.1 lies with its own agent, in one listing of all', async () => {
    const root = sampleCopy();
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      const agents = new Set<string>();
      for await (const { key, agentId } of store.list()) {
        agents.add(agentId);
        expect(key.startsWith(`agent:${agentId}:`)).toBe(true);
        if ((await recordsOf(store, key)).length === 0) continue;
        const name = (await store.session(key).read())?.entry.sessionFile;
        expect(existsSync(join(sessionsDir(root, agentId), name))).toBe(true);
      }
      expect([...agents].sort()).toEqual(['main', 'work']);
    });
  });

  it('R9.5 of a sub-agent of another agent lies with that agent', async () => {
    const root = sampleCopy();
    await adoptStateDir(root);
    const child = 'agent:work:subagent:5f0d5f0e-0000-4000-8000-00000000abcd';
    await inStore(root, async (store) => {
      await store.session('agent:main:explicit:fails').turn(async (turn) => {
        await turn.append({ type: 'custom', customType: 'spawn', data: { child } });
        await store.session(child).turn((spawned) => spawned.append(hello));
      });
      const state = await store.session(child).read();
      expect(state?.agentId).toBe('work');
      const path = join(directoryOf(root, child), `${state?.sessionId}.jsonl`);
      expect(path.startsWith(join(root, 'agents/work/'))).toBe(true);
      expect(readFileSync(path, 'utf8')).toContain('hello');
    });
  });

  it('R10.2 that two keys refer to goes to the newer one, and both write their own', async () => {
    const root = smallCopy('id-equals-key');
    const report = await adoptStateDir(root);
    expect(noticeOf(report, 'agent:main:shares-id')).toMatch(
      /belongs to session "agent:main:main"; a new one begins/,
    );
    await inStore(root, async (store) => {
      const history = await recordsOf(store, MAIN);
      await store.session('agent:main:shares-id').append(hello);
      expect(await recordsOf(store, MAIN)).toEqual(history);
      expect(await recordsOf(store, 'agent:main:shares-id')).toMatchObject([hello]);
      await store.session('agent:main:shares-id').remove();
      expect(await recordsOf(store, MAIN)).toEqual(history);
      const { problems } = await store.verify();
      expect(problems.filter(({ code }) => code === 'DUPLICATE')).toEqual([]);
    });
    expect(existsSync(join(sessionsDir(root), `${MAIN_ID}.jsonl`))).toBe(true);
  });

  it('R10.2 that two keys have all the same is reported', async () => {
    const root = smallCopy();
    const { backend, store } = await openStoreAt(root);
    const past = { createdAt: 1, updatedAt: 1, entry: { sessionFile: `${MAIN_ID}.jsonl` } };
    await backend.adopt('agent:main:one', { ...past, sessionId: 'one' });
    await backend.adopt('agent:main:two', { ...past, sessionId: 'two' });
    const { problems } = await store.verify();
    expect(problems.map(({ code }) => code)).toContain('DUPLICATE');
  });

  it('R10.3 of the main session is unchanged after 20 restarts with other work', async () => {
    const root = sampleCopy();
    await adoptStateDir(root);
    const before = await inStore(root, async (store) => ({
      state: await store.session(MAIN).read(),
      history: await recordsOf(store, MAIN),
    }));
    for (let start = 0; start < 20; start += 1) {
      await using store = await openStore(root);
      const others = ['boot', 'heartbeat', `cron:nightly:run:${start}`, `subagent:child-${start}`];
      for (const name of others) {
        await store.session(`agent:main:${name}`).turn(async (turn) => {
          await turn.append(hello);
          await turn.update({ spawnedBy: MAIN, starts: start });
        });
      }
    }
    await inStore(root, async (store) => {
      expect(await store.session(MAIN).read()).toEqual(before.state);
      expect(await recordsOf(store, MAIN)).toEqual(before.history);
    });
  });

  it('R10.4 of another session is not taken; the own one is found by its header', async () => {
    const root = smallCopy();
    const list = readList(root);
    const record = { ...hello, id: 'aa', parentId: null };
    const file = (id: string) =>
      `${JSON.stringify({ type: 'session', version: 3, id })}\n${JSON.stringify(record)}\n`;
    writeFileSync(join(sessionsDir(root), 'under-another-name.jsonl'), file('found'));
    const { updatedAt } = list[MAIN];
    list['agent:main:contaminated'] = {
      sessionId: 'found',
      updatedAt: updatedAt + 5,
      sessionFile: `${MAIN_ID}.jsonl`,
    };
    list['agent:main:lost'] = {
      sessionId: 'lost',
      updatedAt: updatedAt + 9,
      sessionFile: `${MAIN_ID}.jsonl`,
    };
    writeList(root, list);
    const report = await adoptStateDir(root);
    const told = report.notices.filter(({ key }) => /contaminated|lost/.test(key ?? ''));
    expect(told.map(({ reason }) => reason)).toEqual([
      `its transcript ${MAIN_ID}.jsonl belongs to session "${MAIN}"; under-another-name.jsonl is used`,
      `its transcript ${MAIN_ID}.jsonl belongs to session "${MAIN}"; a new one begins`,
    ]);
    await inStore(root, async (store) => {
      expect(await recordsOf(store, 'agent:main:contaminated')).toMatchObject([{ id: 'aa' }]);
      expect(await recordsOf(store, 'agent:main:lost')).toEqual([]);
      expect((await recordsOf(store, MAIN)).length).toBeGreaterThan(5);
    });
  });

  it('whose header is gone or names nobody stays with the session that refers to it', async () => {
    const root = smallCopy();
    const list = readList(root);
    const path = join(sessionsDir(root), `${MAIN_ID}.jsonl`);
    writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(1).join('\n'));
    const foreign = `${JSON.stringify({ type: 'session', version: 3, id: 'nobody' })}\n`;
    writeFileSync(join(sessionsDir(root), 'foreign.jsonl'), foreign);
    list['agent:main:foreign'] = { sessionId: 'other', updatedAt: 5, sessionFile: 'foreign.jsonl' };
    writeList(root, list);
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      expect((await recordsOf(store, MAIN)).length).toBeGreaterThan(5);
      const state = await store.session('agent:main:foreign').read();
      expect(state?.entry.sessionFile).toBe('foreign.jsonl');
    });
  });

  it('is not shared with the conversation that begins at a reset', async () => {
    const root = sampleCopy();
    await adoptStateDir(root);
    const path = join(sessionsDir(root), readList(root)[MAIN].sessionFile.split('/').at(-1));
    const before = readFileSync(path, 'utf8');
    await inStore(root, async (store) => {
      await store.session(MAIN).reset({ keep: 'all' });
      await store.session(MAIN).append(hello);
      expect(await recordsOf(store, MAIN)).toMatchObject([hello]);
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});
