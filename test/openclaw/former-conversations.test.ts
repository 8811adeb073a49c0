import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { openStoreAt } from '../files/open-store-at.ts';
import { noticeOf } from './adopt-at.ts';
import {
  collect,
  foreignFiles,
  inStore,
  readList,
  recordsOf,
  sessionsDir,
  smallCopy,
  writeList,
} from './state-copy.ts';

const DIRECT = 'agent:main:telegram:direct:700';
const FORMER = '0cc6b58e-33d6-4a18-89d4-aa425fe986e5';
const FORMER_FILE = `${FORMER}.jsonl.reset.2026-11-22T13-36-53.404Z`;
const LOOSE = '0e3baf63-9741-4739-bc18-eca6890f3226';
const LOOSE_FILE = `${LOOSE}.jsonl.reset.2026-11-22T13-36-59.292Z`;

const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const withoutSeq = ({ seq: _seq, ...record }: { seq: number }) => record;

describe('a conversation that a reset had set aside', () => {
  it('R5.1 is an archive of the session that counts it among its own', async () => {
    const root = smallCopy();
    const before = foreignFiles(root);
    const report = await adoptStateDir(root);
    expect(report.stores[0]).toMatchObject({ archives: 2, recovered: 1, deleted: 1 });
    await inStore(root, async (store) => {
      const session = store.session(DIRECT);
      expect(await session.archives()).toMatchObject([
        {
          sessionId: FORMER,
          reason: 'reset',
          archivedAt: Date.parse('2026-11-22T13:36:53.404Z'),
          entry: { sessionFile: FORMER_FILE },
        },
      ]);
      const [header, ...written] = linesOf(join(sessionsDir(root), FORMER_FILE));
      const records = await collect(session.transcript({ sessionId: FORMER }));
      expect(records.map(withoutSeq)).toEqual(written);
      expect((await session.archives())[0]?.createdAt).toBe(Date.parse(header.timestamp));
      expect((await store.verify()).problems).toEqual([]);
    });
    expect(foreignFiles(root)).toEqual(before);
    // Its transcript is where it was, and nowhere else; a topic that was reset has none yet.
    const own = readdirSync(join(sessionsDir(root), 'sessions.d'), { recursive: true }).map(String);
    const transcripts = own.filter((path) => /\/[0-9a-f-]{36}\.jsonl$/.test(path));
    expect(transcripts).toEqual([expect.stringContaining('topic-3~')]);
  });

  it('R5.6 can be restored, goes on, and leaves the other one as an archive', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      const session = store.session(DIRECT);
      const active = await session.read();
      const records = await recordsOf(store, DIRECT);
      await session.restore(FORMER);
      const former = await recordsOf(store, DIRECT);
      const said = await session.append({ type: 'note', text: 'again' });
      expect(said.parentId).toBe(former.at(-1)?.id);
      const [archive] = await session.archives();
      expect(archive).toMatchObject({ sessionId: active?.sessionId, entry: active?.entry });
      const kept = await collect(session.transcript({ sessionId: active?.sessionId as string }));
      expect(kept).toEqual(records);
      expect((await store.verify()).problems).toEqual([]);
    });
  });

  it('C.14 follows where a run died between it and the active one', async () => {
    const whole = smallCopy();
    await adoptStateDir(whole);
    const wanted = await inStore(whole, (store) => store.session(DIRECT).read());
    const root = smallCopy();
    const opened = await openStoreAt(root);
    const entry = { sessionFile: FORMER_FILE };
    const archive = await inStore(whole, (store) => store.session(DIRECT).archives());
    const { createdAt } = archive[0] as { createdAt: number };
    const updatedAt = Date.parse('2026-11-22T13:36:53.404Z');
    await opened.backend.adopt(DIRECT, { sessionId: FORMER, entry, createdAt, updatedAt });
    await opened.store.close();
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 7, known: 0 });
    await inStore(root, async (store) => {
      const { updatedAt: _time, ...state } = (await store.session(DIRECT).read()) ?? {};
      const { updatedAt: _other, ...same } = wanted ?? {};
      expect(state).toEqual(same);
      expect(await store.session(DIRECT).archives()).toEqual(archive);
    });
  });

  it('is left to who has the session already, whatever conversation that has', async () => {
    const root = smallCopy();
    const mine = await inStore(root, (store) => store.session(DIRECT).update({ mine: true }));
    const report = await adoptStateDir(root);
    expect(noticeOf(report, DIRECT)).toMatch(/there with another conversation, and stays/);
    await inStore(root, async (store) => {
      expect(await store.session(DIRECT).read()).toEqual(mine);
      expect(await store.session(DIRECT).archives()).toEqual([]);
    });
  });
});

describe('a transcript to which no entry refers', () => {
  it('R8.5 is a session of its own that is marked as archived', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      const key = `agent:main:recovered:${LOOSE}`;
      const archivedAt = Date.parse('2026-11-22T13:36:59.292Z');
      expect(await store.session(key).read()).toMatchObject({
        sessionId: LOOSE,
        updatedAt: archivedAt,
        entry: { archivedAt, sessionFile: LOOSE_FILE },
      });
      const [, ...written] = linesOf(join(sessionsDir(root), LOOSE_FILE));
      expect((await recordsOf(store, key)).map(withoutSeq)).toEqual(written);
    });
  });

  it('does not come back when that session is removed', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      expect(await store.session(`agent:main:recovered:${LOOSE}`).remove()).toBe(true);
      expect(await store.session(DIRECT).remove()).toBe(true);
    });
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 0, recovered: 0 });
  });

  it('waits for the entry that refers to it, when that can not be taken over yet', async () => {
    const root = smallCopy();
    const list = readList(root);
    const { sessionId } = list[DIRECT];
    writeList(root, { ...list, [DIRECT]: { ...list[DIRECT], sessionId: `../${sessionId}` } });
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 6, recovered: 1 });
    expect(report.refused.map(({ key }) => key)).toEqual([DIRECT]);
    expect(report.stores[0]?.orphans).toBe(2);
    writeList(root, list);
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 1, recovered: 0, refused: [] });
    await inStore(root, async (store) => {
      expect(await recordsOf(store, DIRECT)).not.toEqual([]);
      expect(await store.session(DIRECT).archives()).toHaveLength(1);
    });
  });

  it('stays where it lies when it is no transcript, and is told of when its header is another', async () => {
    const root = smallCopy();
    const sessions = sessionsDir(root);
    const id = '9e9e9e9e-0000-4000-8000-000000000001';
    const header = {
      type: 'session',
      version: 3,
      id: 'another',
      timestamp: '2026-01-01T00:00:00Z',
    };
    writeFileSync(join(sessions, `${id}.jsonl`), `${JSON.stringify(header)}\n`);
    writeFileSync(join(sessions, 'notes.jsonl'), '{"a":1}\n');
    const report = await adoptStateDir(root);
    expect(report.stores[0]).toMatchObject({ recovered: 2, orphans: 1 });
    expect(noticeOf(report, `agent:main:recovered:${id}`)).toContain('names "another"');
    expect(report.notices.some(({ reason }) => reason.includes('notes.jsonl'))).toBe(true);
    expect(existsSync(join(sessions, 'notes.jsonl'))).toBe(true);
  });
});
