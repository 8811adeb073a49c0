import { writeFileSync } from 'node:fs';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { noticeOf } from './adopt-at.ts';
import { collect, foreignFiles, inStore, readList, smallCopy, writeList } from './state-copy.ts';

const DIRECT = 'agent:main:telegram:direct:700';
const GOOD = ['agent:main:main', DIRECT, 'agent:main:telegram:direct:701', 'agent:work:main'];

async function keysOf(root: string): Promise<string[]> {
  const rows = await inStore(root, (store) => collect(store.list({ order: 'key' })));
  return rows.map(({ key }) => key);
}

function reasons(refused: { key: string; reason: string }[]): Record<string, string> {
  return Object.fromEntries(refused.map(({ key, reason }) => [key, reason]));
}

describe('an entry of a wrong shape', () => {
  it('R8.3 costs the others nothing, is counted, and stays where it is', async () => {
    const root = smallCopy('entries-odd-types');
    const before = foreignFiles(root);
    const report = await adoptStateDir(root);
    expect(reasons(report.refused)).toEqual({
      'agent:main:odd:null': 'the entry is null, not an object',
      'agent:main:odd:array': 'the entry is an array, not an object',
      'agent:main:odd:number': 'the entry is a number, not an object',
      'agent:main:odd:string': 'the entry is a string, not an object',
      'agent:main:odd:empty': 'the entry has no session id',
      'agent:main:odd:noid': 'the entry has no session id',
    });
    expect(report.stores[0]).toMatchObject({ entries: 14, adopted: 8, known: 0, refused: 6 });
    expect(await keysOf(root)).toEqual(expect.arrayContaining(GOOD));
    expect(foreignFiles(root)).toEqual(before);
    const again = await adoptStateDir(root);
    expect(again).toMatchObject({ adopted: 0, known: 9, refused: report.refused });
  });

  it('R8.3 is told from one whose times alone are odd', async () => {
    const root = smallCopy('entries-odd-types');
    const report = await adoptStateDir(root);
    for (const name of ['updatedat-string', 'updatedat-future']) {
      expect(noticeOf(report, `agent:main:odd:${name}`)).toMatch(/no credible time/);
    }
    await inStore(root, async (store) => {
      const state = await store.session('agent:main:odd:updatedat-future').read();
      expect(state?.sessionId).toBe('44444444-4444-4444-8444-444444444444');
      expect(state?.updatedAt).toBeLessThanOrEqual(Date.now());
    });
  });

  it('R8.3 is also one whose id is a path, or a key', async () => {
    const traversal = await adoptStateDir(smallCopy('unsafe-session-id'));
    expect(reasons(traversal.refused)).toEqual({
      'agent:main:odd:traversal': expect.stringMatching(/"..\/..\/escape" can not be a session id/),
    });
    const root = smallCopy('id-equals-key');
    const report = await adoptStateDir(root);
    expect(reasons(report.refused)).toEqual({
      'agent:main:same': expect.stringMatching(/"agent:main:same" can not be a session id/),
    });
    await inStore(root, async (store) => {
      const bare = '0c000000-0000-4000-8000-00000000000c';
      expect(await store.session(bare).read()).toMatchObject({ agentId: 'main', sessionId: bare });
    });
  });

  it('R8.3 is not one whose key only looks like a part of the language', async () => {
    const root = smallCopy('proto-keys');
    const report = await adoptStateDir(root);
    expect(reasons(report.refused)).toEqual({ '': expect.stringMatching(/it is empty/) });
    expect(await keysOf(root)).toEqual(
      expect.arrayContaining(['__proto__', 'constructor', 'tostring']),
    );
  });

  it('refuses a key of another agent, an entry that is too large, and one that is too deep', async () => {
    const root = smallCopy();
    const list = readList(root);
    let deep: unknown = 1;
    for (let level = 0; level < 200; level += 1) deep = [deep];
    list['agent:work:stray'] = { sessionId: 'stray', updatedAt: 5 };
    list['agent:main:large'] = { sessionId: 'large', updatedAt: 5, text: 'x'.repeat(2_000_000) };
    list['agent:main:deep'] = { sessionId: 'deep', updatedAt: 5, deep };
    list['agent:main:bad\u0007key'] = { sessionId: 'bad', updatedAt: 5 };
    writeList(root, list);
    const report = await adoptStateDir(root);
    expect(reasons(report.refused)).toEqual({
      'agent:work:stray': 'the key names agent "work", not "main"',
      'agent:main:large': expect.stringMatching(/has more than 1048576 bytes/),
      'agent:main:deep': expect.stringMatching(/deeper than 100 levels/),
      'agent:main:bad\u0007key': expect.stringMatching(/control characters/),
    });
    expect(report.adopted).toBe(7);
  });

  it('R8.5 is a finding for every command that looks at the whole store', async () => {
    for (const list of ['entries-odd-types', 'sessionfile-odd', 'id-equals-key', 'proto-keys']) {
      const root = smallCopy(list);
      await adoptStateDir(root);
      await inStore(root, async (store) => {
        const { ok, problems } = await store.verify();
        expect({
          list,
          ok,
          damage: problems.filter(({ severity }) => severity === 'damage'),
        }).toEqual({
          list,
          ok: true,
          damage: [],
        });
        expect(await store.repair({ dryRun: true })).toMatchObject({ dryRun: true });
        expect((await store.figures()).sessions).toBeGreaterThanOrEqual(7);
      });
      expect((await adoptStateDir(root)).adopted).toBe(0);
    }
  });
});

describe('an entry that is as it should be', () => {
  it('R8.1 survives without a transcript path, and R8.4 with fields that nobody knows', async () => {
    const root = smallCopy();
    const fields = JSON.parse(
      '{"model":"m-1","totalTokens":null,"fromTheFuture":{"deep":[1,{"two":null}]},"__proto__":{"x":1},"a field":true}',
    );
    writeList(root, { 'agent:main:new': { sessionId: 'new', updatedAt: 5_000, ...fields } });
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      const session = store.session('agent:main:new');
      expect(JSON.stringify((await session.read())?.entry)).toBe(JSON.stringify(fields));
      await session.update({ model: 'm-2' });
    });
    await inStore(root, async (store) => {
      const state = await store.session('agent:main:new').read();
      expect(state).toMatchObject({ rev: 2, sessionId: 'new', createdAt: 5_000 });
      expect(JSON.stringify(state?.entry)).toBe(JSON.stringify(fields).replace('"m-1"', '"m-2"'));
    });
  });

  it('R7.9 wins over other spellings of its key when it is the newest, and the others are archives', async () => {
    const root = smallCopy('case-duplicate-keys');
    const report = await adoptStateDir(root);
    const newest = 'agent:main:TELEGRAM:DIRECT:700';
    expect(report.refused).toEqual([]);
    expect(noticeOf(report, DIRECT)).toContain(`its key was written "${newest}"`);
    const list = readList(root);
    await inStore(root, async (store) => {
      const session = store.session(DIRECT);
      expect((await session.read())?.sessionId).toBe('77777777-7777-4777-8777-777777777777');
      const former = (await session.archives()).map(({ sessionId, reason }) => [sessionId, reason]);
      expect(former).toContainEqual([list[DIRECT].sessionId, 'case-variant']);
      expect(former).toContainEqual([
        list['agent:main:Telegram:Direct:700'].sessionId,
        'case-variant',
      ]);
      const records = await collect(session.transcript({ sessionId: list[DIRECT].sessionId }));
      expect(records).not.toEqual([]);
      expect(await store.session(newest).read()).toBeUndefined();
    });
    expect(Object.keys(readList(root))).toContain(DIRECT);
  });

  it('is told of when the text has its key twice', async () => {
    const report = await adoptStateDir(smallCopy('literal-duplicate-key'));
    expect(noticeOf(report, 'agent:main:main')).toMatch(/more than once/);
    expect(report.refused).toEqual([]);
  });

  it('keeps its skill prompt by reference when the file does not match', async () => {
    const root = smallCopy();
    const list = readList(root);
    const { promptRef } = list[DIRECT].skillsSnapshot;
    const wrong: Record<string, unknown> = {
      missing: { ...promptRef, hash: 'ab'.repeat(32) },
      size: { ...promptRef, bytes: 3 },
      form: { ...promptRef, version: 2 },
      path: { ...promptRef, hash: '../../../../etc/hostname' },
    };
    for (const [name, ref] of Object.entries(wrong)) {
      const skillsSnapshot = { skills: [], promptRef: ref };
      list[`agent:main:${name}`] = { sessionId: name, updatedAt: 5, skillsSnapshot };
    }
    writeList(root, list);
    const report = await adoptStateDir(root);
    await inStore(root, async (store) => {
      for (const [name, ref] of Object.entries(wrong)) {
        const state = await store.session(`agent:main:${name}`).read();
        expect(state?.entry.skillsSnapshot).toEqual({ skills: [], promptRef: ref });
        expect(noticeOf(report, `agent:main:${name}`)).toMatch(/skillsSnapshot stays as it is/);
      }
      const good = (await store.session(DIRECT).read())?.entry.skillsSnapshot;
      expect(good).not.toHaveProperty('promptRef');
      expect(Buffer.byteLength(good.prompt)).toBe(promptRef.bytes);
    });
  });
});

describe('a list of sessions that does not decode', () => {
  const text = JSON.stringify(readList(smallCopy()), null, 2);
  it.each<[string, string | Buffer, RegExp]>([
    ['empty', '', /0 bytes/],
    ['NUL-filled', Buffer.alloc(27_889), /27889 zero bytes/],
    ['cut in half', text.slice(0, text.length / 2), /does not decode/],
    ['an array', '[]', /an array, not an object/],
    ['a text', '"x"', /a string, not an object/],
    ['null', 'null', /null, not an object/],
    ['with a byte-order mark', `\ufeff${text}`, /byte-order mark/],
    ['with a trailing comma', '{"a":{},}', /does not decode/],
    ['not UTF-8', Buffer.from('{"a":"\xff"}', 'latin1'), /does not decode/],
  ])('C.5 %s, is never taken for an empty store', async (_name, content, reason) => {
    const root = smallCopy();
    writeFileSync(`${root}/agents/main/sessions/sessions.json`, content);
    writeFileSync(`${root}/agents/main/sessions/sessions.json.42.0b1e6f8a.tmp`, text);
    const before = foreignFiles(root);
    const report = await adoptStateDir(root);
    expect(report.stores[0]?.unreadable).toMatch(reason);
    expect(report.stores[0]).toMatchObject({ adopted: 0, orphans: 5 });
    expect(report.notices[0]?.reason).toMatch(/sessions\.json\.42\.0b1e6f8a\.tmp/);
    expect(report.notices[0]?.reason).not.toContain('telegram');
    expect(report.stores[1]).toMatchObject({ agentId: 'work', adopted: 1 });
    expect(foreignFiles(root)).toEqual(before);
  });

  it('gives what stands before the damage when it is to be salvaged', async () => {
    const root = smallCopy('store-bom-trailing-comma');
    const report = await adoptStateDir(root, { salvage: true });
    expect(report.refused).toEqual([]);
    expect(report.stores[0]).toMatchObject({ entries: 6, adopted: 6 });
    expect(await keysOf(root)).toEqual(expect.arrayContaining(GOOD));
  });

  it('C.5 edited by hand, is read once it is mended', async () => {
    const root = smallCopy('store-bom-trailing-comma');
    expect((await adoptStateDir(root)).adopted).toBe(1);
    writeList(root, JSON.parse(text));
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 6, known: 1 });
  });
});
