import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { adoptStateDir, releaseStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { adopted, contentsOf, listByMeaning, NOBODY, releaseAt, releasedTree } from './released.ts';
import {
  foreignFiles,
  inStore,
  listPath,
  readList,
  sampleCopy,
  sessionsDir,
  smallCopy,
  writeList,
} from './state-copy.ts';

const MAIN = 'agent:main:main';
const DIRECT = 'agent:main:telegram:direct:700';
const NEW = 'agent:main:slack:channel:c9';
const say = (content: string) => ({ type: 'message', message: { role: 'user', content } });

/** Files of the directory itself, without what was moved away. */
function ownFiles(root: string) {
  const found = Object.entries(foreignFiles(root));
  return Object.fromEntries(found.filter(([path]) => !path.startsWith('holdfast-released-')));
}

const aside = (root: string) =>
  join(
    root,
    readdirSync(root)
      .sort()
      .findLast((name) => name.startsWith('holdfast-released-')) ?? 'nothing',
  );

describe('a directory that was adopted and released', () => {
  it.each([
    ['the sample', sampleCopy],
    ['the small one', () => smallCopy()],
    ['one with an id that leads away', () => smallCopy('unsafe-session-id')],
    ['one with a key twice', () => smallCopy('literal-duplicate-key')],
    ['one with keys like ids', () => smallCopy('id-equals-key')],
  ])('R7.8 R8.4 has the entries that it had: %s', async (_name, copy) => {
    const root = copy();
    const before = ownFiles(root);
    const lists = ['main', 'work'].map((agentId) => listByMeaning(root, agentId));
    await adopted(root);
    const report = await releaseAt(root);
    expect(report.leftOut).toEqual([]);
    const now = ['main', 'work'].map((agentId) => listByMeaning(root, agentId));
    for (const [index, list] of lists.entries()) {
      for (const [key, entry] of Object.entries(list)) {
        // A transcript that is another session's, or is nowhere, is named no more.
        const { sessionFile, ...fields } = now[index]?.[key] ?? {};
        const { sessionFile: former, ...rest } = (entry ?? {}) as Record<string, unknown>;
        expect({ key, ...fields }).toEqual({ key, ...rest });
        if (sessionFile !== undefined) expect(sessionFile).toBe(former);
      }
      expect(Object.keys(now[index] ?? {})).toEqual(Object.keys(list));
    }
    const changed = (path: string) => path.endsWith('/sessions.json');
    const rest = Object.entries(ownFiles(root)).filter(([path]) => !changed(path));
    expect(Object.fromEntries(rest)).toEqual(
      Object.fromEntries(Object.entries(before).filter(([path]) => !changed(path))),
    );
  });

  it('R8.3 keeps entries of any shape that were no sessions, as they were', async () => {
    const root = smallCopy('entries-odd-types');
    const before = readList(root);
    const { refused } = await adoptStateDir(root);
    expect(refused.length).toBeGreaterThan(4);
    const report = await releaseAt(root);
    expect(report.carried).toBe(refused.length);
    const now = readList(root);
    for (const { key } of refused)
      expect({ key, entry: now[key] }).toEqual({ key, entry: before[key] });
    expect(Object.keys(now)).toEqual(Object.keys(before));
  });

  it('R7.9 has one entry for several spellings of a key, and the others as archives', async () => {
    const root = await adopted(smallCopy('case-duplicate-keys'));
    const newest = readList(root)['agent:main:TELEGRAM:DIRECT:700'];
    const former = readList(root)[DIRECT].sessionId;
    await releaseAt(root);
    const list = readList(root);
    expect(Object.keys(list).filter((key) => /direct:700$/i.test(key))).toEqual([DIRECT]);
    expect(list[DIRECT].sessionId).toBe(newest.sessionId);
    const names = readdirSync(sessionsDir(root));
    expect(names.some((name) => name.startsWith(`${former}.jsonl.reset.`))).toBe(true);
  });

  it('R8.4 takes paths that lead nowhere good out of the list', async () => {
    const root = await adopted(smallCopy('sessionfile-odd'));
    await releaseAt(root);
    for (const [key, { sessionFile }] of Object.entries(readList(root))) {
      if (sessionFile === undefined) continue;
      expect({ key, sessionFile }).toEqual({
        key,
        sessionFile: join(sessionsDir(root), sessionFile.split('/').at(-1)),
      });
    }
  });

  it('C.5 leaves a list alone that could not be read, unless there are sessions for it', async () => {
    const root = smallCopy();
    writeFileSync(listPath(root), '');
    rmSync(join(sessionsDir(root, 'work'), 'sessions.json'));
    await adopted(root);
    await inStore(root, (store) => store.session('agent:work:new').append(say('hi')));
    const report = await releaseAt(root);
    expect(readFileSync(listPath(root), 'utf8')).toBe('');
    expect(report.stores.map(({ agentId }) => agentId)).toEqual(['work']);
    expect(Object.keys(readList(root, 'work'))).toEqual(['agent:work:new']);
  });

  it('C.5 keeps a list that was edited by hand as it was, beside the new one', async () => {
    const root = smallCopy('store-bom-trailing-comma');
    const text = readFileSync(listPath(root), 'utf8');
    await adopted(root);
    await releaseAt(root);
    expect(readFileSync(listPath(root), 'utf8')).toBe(text);
    await adopted(root);
    await inStore(root, (store) => store.session(NEW).append(say('hi')));
    await releaseAt(root);
    expect(Object.keys(readList(root))).toContain(NEW);
    const kept = join(aside(root), 'agents/main/sessions/sessions.json');
    expect(readFileSync(kept, 'utf8')).toBe(text);
  });

  it('keeps what stands before the damage of a list, and a copy of it', async () => {
    const root = smallCopy();
    const text = readFileSync(listPath(root), 'utf8');
    writeFileSync(listPath(root), text.slice(0, text.length / 2));
    await adopted(root);
    await inStore(root, (store) => store.session(NEW).append(say('hi')));
    const report = await releaseAt(root);
    expect(report.notices[0]?.reason).toMatch(/ends in the middle.*a copy of it is kept/);
    expect(Object.keys(readList(root)).length).toBeGreaterThan(2);
    expect(Object.keys(readList(root))).toContain(NEW);
    const kept = join(aside(root), 'agents/main/sessions/sessions.json');
    expect(readFileSync(kept, 'utf8')).toBe(text.slice(0, text.length / 2));
  });
});

describe('what happened in between', () => {
  async function changed(): Promise<string> {
    const root = await adopted(sampleCopy());
    await inStore(root, async (store) => {
      await store.session(MAIN).update({ label: 'mine', modelOverride: 'm-2' });
      await store.session(MAIN).append(say('on and on'));
      await store.session(NEW).append(say('new here'));
      await store.session(NEW).append(say('and again'));
      await store.session('agent:main:telegram:direct:555003').reset({ reason: 'new' });
      await store.session('agent:main:telegram:direct:555003').append(say('after the reset'));
      await store.session('agent:work:main').reset({ reason: 'new' });
      await store.session('agent:fresh:main').append(say('an agent of its own'));
    });
    return root;
  }

  it('R7.8 R9.1 is all there when the directory is adopted again', async () => {
    const root = await changed();
    const before = await contentsOf(root);
    await releaseAt(root);
    expect(existsSync(join(root, 'holdfast.json'))).toBe(false);
    expect(existsSync(join(sessionsDir(root), 'sessions.d'))).toBe(false);
    await adopted(root);
    const family = ['usageFamilyKey', 'usageFamilySessionIds'];
    const told = (all: typeof before) =>
      all.map(({ entry, ...rest }) => ({
        ...rest,
        entry: Object.fromEntries(Object.entries(entry).filter(([name]) => !family.includes(name))),
      }));
    expect(told(await contentsOf(root))).toEqual(told(before));
  });

  it('R9.5 is in the files of its own agent, with names that OpenClaw finds', async () => {
    const root = await changed();
    const states = await inStore(root, async (store) => ({
      new: await store.session(NEW).read(),
      fresh: await store.session('agent:fresh:main').read(),
    }));
    await releaseAt(root);
    const { sessionId, updatedAt } = states.new as { sessionId: string; updatedAt: number };
    const file = join(sessionsDir(root), `${sessionId}.jsonl`);
    expect(readList(root)[NEW]).toEqual({ sessionId, updatedAt, sessionFile: file });
    const [header, first] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(header as string)).toMatchObject({
      type: 'session',
      version: 3,
      id: sessionId,
      cwd: join(root, 'workspace'),
    });
    expect(JSON.parse(first as string)).toMatchObject({ parentId: null, ...say('new here') });
    const fresh = readList(root, 'fresh')['agent:fresh:main'];
    expect(fresh.sessionFile).toBe(
      join(sessionsDir(root, 'fresh'), `${states.fresh?.sessionId}.jsonl`),
    );
    expect(existsSync(fresh.sessionFile)).toBe(true);
  });

  it('gives former conversations the names of archives, and lists their ids', async () => {
    const root = await changed();
    const key = 'agent:main:telegram:direct:555003';
    const former = readList(root)[key].sessionId;
    await releaseAt(root);
    const names = readdirSync(sessionsDir(root));
    expect(names).not.toContain(`${former}.jsonl`);
    expect(names.filter((name) => name.startsWith(`${former}.jsonl.reset.`))).toHaveLength(1);
    const { sessionId, usageFamilySessionIds } = readList(root)[key];
    expect(usageFamilySessionIds).toEqual([expect.any(String), former, sessionId]);
  });

  it('R7.8 does not bring back what was removed', async () => {
    const root = await adopted(smallCopy());
    await inStore(root, (store) => store.session(DIRECT).remove());
    const report = await releaseAt(root);
    expect(report.stores[0]).toMatchObject({ removed: 1 });
    expect(Object.keys(readList(root))).not.toContain(DIRECT);
  });

  it('keeps entries that came into the list since', async () => {
    const root = await adopted(smallCopy());
    writeList(root, { ...readList(root), 'agent:main:late': { sessionId: 'late', x: [1] } });
    expect((await releaseAt(root)).carried).toBe(1);
    expect(readList(root)['agent:main:late']).toEqual({ sessionId: 'late', x: [1] });
  });

  it('tells what OpenClaw has no place for, and keeps it', async () => {
    const root = await adopted(smallCopy());
    await inStore(root, (store) => store.session('agent:Zoë:main').append(say('hi')));
    const report = await releaseAt(root);
    expect(report.leftOut).toEqual([
      { key: 'agent:Zoë:main', reason: expect.stringContaining('Zoë') },
    ]);
    expect(readdirSync(join(root, 'agents')).sort()).toEqual(['main', 'work']);
    const store = await openStore(aside(root));
    expect((await store.session('agent:Zoë:main').read())?.rev).toBe(1);
    await store.close();
  });
});

describe('a release', () => {
  it('writes private files and deletes nothing', async () => {
    const root = await adopted(smallCopy());
    const list = readFileSync(listPath(root), 'utf8');
    await inStore(root, (store) => store.session(NEW).append(say('hi')));
    await releaseAt(root);
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect(mode(listPath(root))).toBe(0o600);
    expect(mode(readList(root)[NEW].sessionFile)).toBe(0o600);
    expect(mode(aside(root))).toBe(0o700);
    expect(readFileSync(join(aside(root), 'agents/main/sessions/sessions.json'), 'utf8')).toBe(
      list,
    );
    expect(readFileSync(listPath(root), 'utf8')).not.toMatch(/\n$/);
  });

  it('moves what is in its way instead of following or overwriting it', async () => {
    const root = await adopted(smallCopy());
    const outside = join(root, '..', 'outside');
    writeFileSync(outside, 'not ours');
    const { sessionId } = (await inStore(root, async (store) => {
      await store.session(NEW).append(say('hi'));
      return store.session(NEW).read();
    })) as { sessionId: string };
    const path = join(sessionsDir(root), `${sessionId}.jsonl`);
    symlinkSync(outside, path);
    const report = await releaseAt(root);
    expect(report.notices).toContainEqual({
      path: `agents/main/sessions/${sessionId}.jsonl`,
      reason: expect.stringMatching(/another file was in its place, and is in holdfast-released-/),
    });
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(outside, 'utf8')).toBe('not ours');
    const moved = join(aside(root), `agents/main/sessions/${sessionId}.jsonl`);
    expect(lstatSync(moved).isSymbolicLink()).toBe(true);
  });

  it('says what it would do, and changes nothing', async () => {
    const root = await adopted(smallCopy());
    await inStore(root, (store) => store.session(NEW).append(say('hi')));
    const before = releasedTree(root);
    const plan = await releaseAt(root, undefined, undefined, { dryRun: true });
    expect(plan).toMatchObject({ done: false, sessions: 8, transcripts: 1 });
    expect(releasedTree(root)).toEqual(before);
    const report = await releaseAt(root);
    const { aside: _name, ...rest } = report;
    expect(rest).toEqual({ ...plan, done: true });
  });

  it('is refused beside a gateway, a turn, and a process that writes', async () => {
    const root = await adopted(smallCopy());
    const store = await openStore(root);
    const live = { ...NOBODY, loopback: { answers: () => Promise.resolve(true) } };
    const refusal = (neighbours = NOBODY) => expect(releaseAt(root, undefined, neighbours)).rejects;
    await refusal(live).toMatchObject({
      code: 'SESSION_BUSY',
      message: expect.stringMatching(/gateway/),
    });
    await store.session(NEW).turn(async () => {
      await refusal().toMatchObject({ code: 'SESSION_BUSY' });
    });
    await refusal().toMatchObject({
      code: 'SESSION_BUSY',
      message: expect.stringMatching(/Another process has the store/),
    });
    const before = releasedTree(root);
    await refusal(live).toMatchObject({ code: 'SESSION_BUSY' });
    expect(releasedTree(root)).toEqual(before);
    await store.close();
    await releaseAt(root);
  });

  it('refuses versions that it can not write, and directories that are no store', async () => {
    const root = await adopted(smallCopy());
    const code = (code: string) => ({ code });
    await expect(releaseStateDir(root, { openclaw: '2026.9.6' })).rejects.toMatchObject(
      code('STORE_UNSUPPORTED'),
    );
    await expect(releaseStateDir(root, { openclaw: 'soon' })).rejects.toMatchObject(
      code('INVALID_ENTRY'),
    );
    await releaseAt(root);
    await expect(releaseAt(root)).rejects.toMatchObject(code('IO_FAILED'));
    expect(readdirSync(root)).not.toContain('holdfast-release.lock');
  });
});
