import {
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openStore, type Store, type Warning } from 'holdfast';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inStore, listPath, readList, sessionsDir, smallCopy, writeList } from './state-copy.ts';

const MAIN = 'agent:main:main';
const DIRECT = 'agent:main:telegram:direct:700';

interface Opened {
  root: string;
  store: Store;
  warnings: Warning[];
}

/** A store with a mirror. It looks at the file when it is opened and when it is closed. */
async function openMirror(root: string): Promise<Opened> {
  const warnings: Warning[] = [];
  const store = await openStore(root, {
    mirror: true,
    onWarning: (warning) => {
      warnings.push(warning);
    },
  });
  onTestFinished(() => store.close());
  return { root, store, warnings };
}

/** The same of an adopted directory; the file was written once. */
async function adopted(): Promise<Opened> {
  const root = smallCopy();
  await adoptStateDir(root);
  return openMirror(root);
}

// biome-ignore lint/suspicious/noExplicitAny: entries of another program
function edit(root: string, change: (list: Record<string, any>) => void): void {
  const list = readList(root);
  change(list);
  writeList(root, list);
}

const entryOf = async (root: string, key: string) =>
  (await inStore(root, (store) => store.session(key).read()))?.entry;

/** What was kept beside, newest last. */
function keptBeside(root: string): string[] {
  const names = readdirSync(sessionsDir(root)).filter((name) => name.includes('.conflict.'));
  for (const name of names) {
    expect(name).toMatch(/^sessions\.json\.conflict\.\d{4}-.*Z(-\d+)?\.json$/);
    expect(statSync(join(sessionsDir(root), name)).mode & 0o777).toBe(0o600);
  }
  return names.map((name) => readFileSync(join(sessionsDir(root), name), 'utf8'));
}

const codes = ({ warnings }: Opened) => warnings.map(({ code }) => code);

describe('an edit of the mirror', () => {
  it('is taken over field by field, beside changes of the store', async () => {
    const opened = await adopted();
    const { root, store } = opened;
    edit(root, (list) => {
      list[MAIN].label = 'by hand';
      list[MAIN].nested = { a: [1, null] };
      delete list[MAIN].contextTokens;
    });
    await store.session(MAIN).update({ model: 'of the store', inputTokens: 7 });
    await store.close();
    const entry = await entryOf(root, MAIN);
    expect(entry).toMatchObject({
      ...{ label: 'by hand', nested: { a: [1, null] } },
      ...{ model: 'of the store', inputTokens: 7 },
    });
    expect(entry).not.toHaveProperty('contextTokens');
    const {
      updatedAt: _time,
      sessionId: _id,
      sessionFile: _file,
      ...written
    } = readList(root)[MAIN];
    expect(written).toMatchObject({ label: 'by hand', model: 'of the store', inputTokens: 7 });
    expect(codes(opened)).toEqual([]);
    expect(keptBeside(root)).toEqual([]);
  });

  it('is taken over when it was made while nobody had the store open', async () => {
    const { root, store } = await adopted();
    await store.close();
    edit(root, (list) => {
      list[MAIN].label = 'between';
    });
    const opened = await openMirror(root);
    expect((await opened.store.session(MAIN).read())?.entry.label).toBe('between');
    expect(codes(opened)).toEqual([]);
  });

  it('that meets a change of the store is kept beside, and the store stays', async () => {
    const opened = await adopted();
    const { root, store } = opened;
    edit(root, (list) => {
      list[MAIN].label = 'theirs';
      list[MAIN].model = 'theirs';
    });
    await store.session(MAIN).update({ label: 'ours' });
    await store.close();
    expect(await entryOf(root, MAIN)).toMatchObject({ label: 'ours', model: 'theirs' });
    expect(readList(root)[MAIN]).toMatchObject({ label: 'ours', model: 'theirs' });
    const [kept = ''] = keptBeside(root);
    expect(Object.keys(JSON.parse(kept))).toEqual([MAIN]);
    expect(JSON.parse(kept)[MAIN]).toMatchObject({ label: 'theirs' });
    expect(codes(opened)).toEqual(['MIRROR_CONFLICT']);
    expect(opened.warnings[0]?.key).toBe(MAIN);
    expect(opened.warnings[0]?.message).toContain(`"${MAIN}" (label)`);
  });

  it('that says what the store says is no conflict', async () => {
    const opened = await adopted();
    edit(opened.root, (list) => {
      list[MAIN].label = 'both';
    });
    await opened.store.session(MAIN).update({ label: 'both' });
    await opened.store.close();
    expect(codes(opened)).toEqual([]);
  });

  it('that only sorts and formats changes nothing', async () => {
    const opened = await adopted();
    const { root, store } = opened;
    const before = await store.session(DIRECT).read();
    const sorted = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      if (Array.isArray(value)) return value.map(sorted);
      const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]));
    };
    writeFileSync(listPath(root), JSON.stringify(sorted(readList(root))));
    await store.close();
    expect(await inStore(root, (again) => again.session(DIRECT).read())).toEqual(before);
    expect(codes(opened)).toEqual([]);
    const text = readFileSync(listPath(root), 'utf8');
    expect(text).toBe(JSON.stringify(JSON.parse(text), null, 2));
  });

  it('that begins another conversation is not taken over', async () => {
    const opened = await adopted();
    const { root, store } = opened;
    const before = await store.session(MAIN).read();
    edit(root, (list) => {
      list[MAIN] = { sessionId: 'another', updatedAt: Date.now(), label: 'after a reset' };
    });
    await store.close();
    expect(await inStore(root, (again) => again.session(MAIN).read())).toEqual(before);
    expect(JSON.parse(keptBeside(root)[0] ?? '')[MAIN].sessionId).toBe('another');
    expect(opened.warnings[0]?.message).toContain('(sessionId)');
    expect(readList(root)[MAIN].sessionId).toBe(before?.sessionId);
  });

  it.each([
    ['lastTo', (entry: Entry) => (entry.lastTo = 'telegram:900')],
    ['deliveryContext', (entry: Entry) => (entry.deliveryContext.to = 'telegram:900')],
    ['route', (entry: Entry) => (entry.route.target.to = 'telegram:900')],
  ])('of %s reaches all places that say where replies go', async (_field, change) => {
    const { root, store } = await adopted();
    edit(root, (list) => change(list[DIRECT]));
    await store.close();
    const { lastTo, deliveryContext, route } = readList(root)[DIRECT];
    expect([lastTo, deliveryContext.to, route.target.to]).toEqual(Array(3).fill('telegram:900'));
  });

  it('R3.1 of a path or a time is the affair of the store', async () => {
    const opened = await adopted();
    const { root, store } = opened;
    const before = await store.session(MAIN).read();
    const path = readList(root)[MAIN].sessionFile;
    edit(root, (list) => {
      list[MAIN].sessionFile = '../../../../etc/passwd';
      list[MAIN].updatedAt = 5;
    });
    await store.close();
    expect(await inStore(root, (again) => again.session(MAIN).read())).toEqual(before);
    expect(readList(root)[MAIN].sessionFile).toBe(path);
    expect(opened.warnings[0]?.message).toContain('(sessionFile)');
  });

  it('of a session that was removed meanwhile is kept beside', async () => {
    const { root, store } = await adopted();
    edit(root, (list) => {
      list[DIRECT].label = 'late';
    });
    await store.session(DIRECT).remove();
    await store.close();
    expect(await entryOf(root, DIRECT)).toBeUndefined();
    expect(readList(root)[DIRECT]).toBeUndefined();
    expect(JSON.parse(keptBeside(root)[0] ?? '')[DIRECT].label).toBe('late');
  });

  it('keeps the newest fifty of what is kept beside', async () => {
    const { root, store } = await adopted();
    await store.close();
    for (let n = 10; n < 65; n += 1) {
      const name = `sessions.json.conflict.2026-01-01T00-00-00.0${n}Z.json`;
      writeFileSync(join(sessionsDir(root), name), '{}', { mode: 0o600 });
    }
    edit(root, (list) => {
      list[MAIN].sessionId = 'another';
    });
    await (await openMirror(root)).store.close();
    expect(keptBeside(root)).toHaveLength(50);
    expect(keptBeside(root).at(-1)).toContain('another');
  });
});

type Entry = Record<string, unknown> & {
  deliveryContext: Record<string, unknown>;
  route: { target: Record<string, unknown> };
};

describe('what is missing in the mirror', () => {
  it('R8.2 removes no session, and is written again', async () => {
    const opened = await adopted();
    const { root, store } = opened;
    edit(root, (list) => {
      delete list[DIRECT];
      list[MAIN].label = 'kept';
    });
    await store.close();
    expect(await entryOf(root, DIRECT)).toBeDefined();
    expect(readList(root)[DIRECT]).toBeDefined();
    expect(await entryOf(root, MAIN)).toMatchObject({ label: 'kept' });
    expect(codes(opened)).toEqual(['MIRROR_MISSING']);
    expect(opened.warnings[0]?.message).toContain(DIRECT);
  });

  it.each([
    ['an empty object', () => '{}', 'MIRROR_MISSING', 0],
    ['an empty file', () => '', 'MIRROR_BROKEN', 0],
    ['zeros', (text: string) => '\0'.repeat(text.length), 'MIRROR_BROKEN', 0],
    ['half of it', (text: string) => text.slice(0, text.length / 2), 'MIRROR_BROKEN', 1],
    ['all but the last brace', (text: string) => text.slice(0, -1), 'MIRROR_BROKEN', 1],
    ['an array', () => '[]', 'MIRROR_BROKEN', 1],
    ['a comma too many', (text: string) => text.replace(/\}$/, ',}'), 'MIRROR_BROKEN', 1],
    ['a byte-order mark', (text: string) => `\ufeff${text}`, 'MIRROR_BROKEN', 1],
  ])('C.5 R8.2 because the file is %s removes no session', async (_name, damage, code, kept) => {
    const { root, store } = await adopted();
    const before = readList(root);
    const sessions = await listed(store);
    await store.close();
    const text = damage(readFileSync(listPath(root), 'utf8'));
    writeFileSync(listPath(root), text);
    const opened = await openMirror(root);
    // At its first sight it may be a file that is being written: it stays as it is.
    if (code === 'MIRROR_BROKEN') expect(readFileSync(listPath(root), 'utf8')).toBe(text);
    expect(await listed(opened.store)).toEqual(sessions);
    await opened.store.close();
    expect(readList(root)).toEqual(before);
    expect(codes(opened)).toEqual([code]);
    expect(keptBeside(root)).toEqual(kept === 1 ? [text] : []);
  });

  it('C.5 because the file is gone removes no session', async () => {
    const { root, store } = await adopted();
    const before = readList(root);
    unlinkSync(listPath(root));
    await store.close();
    expect(readList(root)).toEqual(before);
  });

  it('is nothing of which a link in its place tells', async () => {
    const { root, store } = await adopted();
    const elsewhere = join(root, 'elsewhere.json');
    writeFileSync(elsewhere, '{}');
    unlinkSync(listPath(root));
    symlinkSync(elsewhere, listPath(root));
    const opened = { root, store, warnings: [] };
    await store.session(MAIN).update({ label: 'x' });
    await opened.store.close();
    expect(readFileSync(elsewhere, 'utf8')).toBe('{}');
    const again = await openMirror(root);
    expect(again.warnings.map(({ code }) => code)).toEqual(['UNSAFE_PATH']);
  });
});

async function listed(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list({ order: 'key' })) keys.push(key);
  return keys;
}

describe('a new entry in the mirror', () => {
  it('becomes a session, with the transcript that is its own', async () => {
    const { root, store } = await adopted();
    const id = '11111111-2222-4333-8444-555555555555';
    const header = { type: 'session', version: 3, id, timestamp: new Date().toISOString() };
    const record = { type: 'custom', id: 'r1', parentId: null, timestamp: header.timestamp };
    const transcript = join(sessionsDir(root), `${id}.jsonl`);
    writeFileSync(transcript, `${JSON.stringify(header)}\n${JSON.stringify(record)}\n`);
    edit(root, (list) => {
      list['agent:main:new'] = { sessionId: id, updatedAt: 1_790_000_000_000, label: 'new' };
      // Another one can not have the transcript of a session.
      list['agent:main:thief'] = {
        ...{ sessionId: 'thief', updatedAt: 1_790_000_000_000 },
        sessionFile: list[MAIN].sessionFile,
      };
    });
    await store.close();
    await inStore(root, async (again) => {
      const state = await again.session('agent:main:new').read();
      expect(state).toMatchObject({ sessionId: id, updatedAt: 1_790_000_000_000 });
      expect(state?.entry).toMatchObject({ label: 'new', sessionFile: `${id}.jsonl` });
      const records = [];
      for await (const each of again.session('agent:main:new').transcript()) records.push(each.id);
      expect(records).toEqual(['r1']);
      const thief = await again.session('agent:main:thief').read();
      expect(thief?.entry.sessionFile).toBeUndefined();
    });
    expect(readList(root)['agent:main:new'].sessionFile).toBe(transcript);
  });

  it('R3.6 that can be no session stays as it is, and is told once', async () => {
    const { root, store } = await adopted();
    const odd = {
      'agent:main:null': null,
      'agent:main:list': [1],
      'agent:main:none': { updatedAt: 5 },
      'agent:main:unsafe': { sessionId: '../../escape', updatedAt: 5 },
      'agent:other:main': { sessionId: 'elsewhere', updatedAt: 5 },
      'agent:main:Telegram:direct:700': { sessionId: 'spelled', updatedAt: 5 },
      'agent:main:copy': { sessionId: readList(root)[MAIN].sessionId, updatedAt: 5 },
    };
    writeList(root, { ...readList(root), ...odd });
    await store.close();
    expect(readList(root)).toMatchObject(odd);
    const opened = await openMirror(root);
    await opened.store.session(MAIN).update({ label: 'x' });
    await opened.store.close();
    expect(readList(root)).toMatchObject(odd);
    expect(codes(opened)).toEqual([]);
    // They outlast a file that was lost.
    const before = readList(root);
    unlinkSync(listPath(root));
    await (await openMirror(root)).store.close();
    expect(readList(root)).toEqual(before);
  });

  it('that an adoption refused is in the mirror as it was', async () => {
    const root = smallCopy('entries-odd-types');
    const before = readList(root);
    const { refused } = await adoptStateDir(root);
    expect(refused.length).toBeGreaterThan(3);
    await (await openMirror(root)).store.close();
    const now = readList(root);
    for (const { key } of refused) expect(now[key], key).toEqual(before[key]);
  });
});

describe('before the first mirror', () => {
  it('what differs from the store is kept beside', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    const former = readList(root);
    await inStore(root, async (store) => {
      await store.session(MAIN).update({ label: 'ours' });
      await store.session(DIRECT).remove();
    });
    edit(root, (list) => {
      list[MAIN].label = 'theirs';
    });
    const opened = await openMirror(root);
    expect(readList(root)[MAIN].label).toBe('ours');
    expect(readList(root)[DIRECT]).toBeUndefined();
    expect(await listed(opened.store)).not.toContain(DIRECT);
    expect(codes(opened)).toEqual(['MIRROR_CONFLICT']);
    const kept = JSON.parse(keptBeside(root)[0] ?? '');
    expect(kept).toEqual({ [MAIN]: { ...former[MAIN], label: 'theirs' } });
  });
});
