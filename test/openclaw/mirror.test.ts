import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openStore, type Store, type StoreOptions } from 'holdfast';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import {
  inStore,
  listPath,
  readList,
  sampleCopy,
  sessionsDir,
  smallCopy,
  temporaryDirectory,
} from './state-copy.ts';

const MAIN = 'agent:main:main';
const DIRECT = 'agent:main:telegram:direct:700';
const quiet: StoreOptions = { onWarning: () => undefined };

/** Opens with a mirror, works, and closes: edits are taken over at both ends. */
function mirrored<T>(root: string, work: (store: Store) => Promise<T>): Promise<T> {
  return inStore(root, work, { ...quiet, mirror: true });
}

const nothing = async () => undefined;
const textOf = (root: string, agentId = 'main') => readFileSync(listPath(root, agentId), 'utf8');

describe('a mirror', () => {
  it.each([
    ['the sample', sampleCopy, ['main', 'work']],
    ['the small one', smallCopy, ['main', 'work']],
  ] as const)('R8.4 of %s has every entry as the program wrote it', async (_name, copy, agents) => {
    const root = copy();
    const before = Object.fromEntries(agents.map((agent) => [agent, readList(root, agent)]));
    await adoptStateDir(root);
    await mirrored(root, nothing);
    for (const agent of agents) {
      const now = readList(root, agent);
      const directory = sessionsDir(root, agent);
      for (const [key, entry] of Object.entries(before[agent] ?? {})) {
        const { sessionFile, ...fields } = now[key];
        const { sessionFile: former, ...wanted } = entry;
        expect(fields, key).toEqual(wanted);
        const there = join(directory, basename(former ?? `${entry.sessionId}.jsonl`));
        if (existsSync(there)) expect(sessionFile, key).toBe(there);
        else expect(sessionFile.startsWith(`${directory}/sessions.d/`), key).toBe(true);
      }
      // What an adoption found besides has entries of its own; none is lost.
      const keys = Object.keys(now);
      expect(keys.slice(0, Object.keys(before[agent] ?? {}).length)).toEqual(
        Object.keys(before[agent] ?? {}),
      );
    }
    const beside = agents.flatMap((agent) => readdirSync(sessionsDir(root, agent)));
    expect(beside.filter((name) => /conflict|\.tmp/.test(name))).toEqual([]);
  });

  it('is written as the program writes it', async () => {
    const root = temporaryDirectory();
    await mirrored(root, async (store) => {
      await store.session(MAIN).update({ label: 'ä "quoted"\n', n: 1.5, list: [1, { a: null }] });
      await store.session('agent:main:second').update({ model: 'm' });
    });
    const text = textOf(root);
    expect(text).toBe(JSON.stringify(JSON.parse(text), null, 2));
    expect(statSync(listPath(root)).mode & 0o777).toBe(0o600);
    expect(Object.keys(readList(root))).toEqual([MAIN, 'agent:main:second']);
    const { sessionId, sessionFile, updatedAt, ...fields } = readList(root)[MAIN];
    expect(fields).toEqual({ label: 'ä "quoted"\n', n: 1.5, list: [1, { a: null }] });
    expect(sessionFile).toMatch(
      new RegExp(`/sessions\\.d/main~[0-9a-f]{32}/${sessionId}\\.jsonl$`),
    );
    expect(updatedAt).toBeGreaterThan(1_700_000_000_000);
    expect(
      readdirSync(sessionsDir(root)).filter((name) => name.startsWith('sessions.json')),
    ).toEqual(['sessions.json']);
  });

  it('tells where the records of a conversation are', async () => {
    const root = temporaryDirectory();
    await mirrored(root, (store) => store.session(MAIN).append({ type: 'custom', data: 'here' }));
    expect(readFileSync(readList(root)[MAIN].sessionFile, 'utf8')).toContain('"here"');
  });

  it('R8.2 leaves the bytes of every other entry as they are', async () => {
    const root = sampleCopy();
    await adoptStateDir(root);
    await mirrored(root, nothing);
    const before = textOf(root);
    await mirrored(root, (store) => store.session(MAIN).update({ label: 'changed' }));
    const now = textOf(root);
    const changed = JSON.stringify(readList(root)[MAIN], null, 2).replaceAll('\n', '\n  ');
    const former = JSON.stringify(JSON.parse(before)[MAIN], null, 2).replaceAll('\n', '\n  ');
    expect(before.split(former)).toHaveLength(2);
    expect(now).toBe(before.split(former).join(changed));
  });

  it('is not written again when nothing has changed', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    await mirrored(root, nothing);
    const { ino, mtimeMs } = statSync(listPath(root));
    await mirrored(root, nothing);
    expect(statSync(listPath(root))).toMatchObject({ ino, mtimeMs });
  });

  it('follows resets and removals, also of a store that was open without one', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    await mirrored(root, nothing);
    const state = await inStore(root, async (store) => {
      await store.session(DIRECT).remove();
      return store.session(MAIN).reset({ keep: 'none' });
    });
    await mirrored(root, nothing);
    expect(readList(root)[DIRECT]).toBeUndefined();
    expect(readList(root)[MAIN]).toMatchObject({ sessionId: state.sessionId });
    expect(await inStore(root, (store) => store.session(DIRECT).read())).toBeUndefined();
  });

  it('R3.4 has other paths when the directory was moved as a whole', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    await mirrored(root, nothing);
    const { renameSync } = await import('node:fs');
    renameSync(root, `${root}-moved`);
    await mirrored(`${root}-moved`, nothing);
    const list = readList(`${root}-moved`);
    for (const entry of Object.values(list)) {
      expect(entry.sessionFile.startsWith(`${root}-moved/`)).toBe(true);
    }
  });

  it('is written in the dialect that is asked for', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    const version = '2026.4.26';
    await inStore(root, nothing, { ...quiet, mirror: { version } });
    const { route, skillsSnapshot } = readList(root)[DIRECT];
    expect(route).toBeUndefined();
    expect(skillsSnapshot.promptRef).toBeUndefined();
    expect(existsSync(`${listPath(root)}.lock`)).toBe(false);
    await mirrored(root, nothing);
    expect(readList(root)[DIRECT].route.channel).toBe('telegram');
    expect(readList(root)[DIRECT].skillsSnapshot.promptRef.hash).toHaveLength(64);
  });

  it('brings a skill prompt back that was deleted', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    const { rmSync } = await import('node:fs');
    const prompts = join(sessionsDir(root), 'skills-prompts');
    const files = (readdirSync(prompts, { recursive: true }) as string[]).filter((name) =>
      name.endsWith('.txt'),
    );
    const texts = files.map((name) => readFileSync(join(prompts, name), 'utf8'));
    rmSync(prompts, { recursive: true });
    await mirrored(root, nothing);
    expect(files.map((name) => readFileSync(join(prompts, name), 'utf8'))).toEqual(texts);
  });

  it('is nothing that verify complains of', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    await mirrored(root, nothing);
    const report = await inStore(root, (store) => store.verify());
    expect(report.problems).toEqual([]);
  });

  it('leaves a store without one alone', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    const before = statSync(listPath(root));
    await inStore(root, (store) => store.session(MAIN).update({ label: 'x' }), { mirror: false });
    expect(statSync(listPath(root))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(readdirSync(join(sessionsDir(root), 'sessions.d')).join()).not.toContain('mirror');
  });
});

describe('a mirror is refused', () => {
  it('before the sessions that lie there are adopted', async () => {
    const root = smallCopy();
    const before = textOf(root);
    await expect(openStore(root, { mirror: true })).rejects.toMatchObject({
      code: 'STORE_UNSUPPORTED',
      message: expect.stringContaining('holdfast adopt'),
    });
    expect(textOf(root)).toBe(before);
  });

  it('C.5 before a file that can not be read was looked at', async () => {
    const root = smallCopy();
    writeFileSync(listPath(root), textOf(root).slice(0, 1_000));
    await expect(openStore(root, { mirror: true })).rejects.toMatchObject({
      code: 'STORE_UNSUPPORTED',
    });
    expect(textOf(root)).toHaveLength(1_000);
  });

  it.each(['memory:', 'memory:mirror', 'postgres://127.0.0.1:1/none'])('at %s', async (place) => {
    const refused = openStore(place, { mirror: true });
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNSUPPORTED' });
  });

  it.each([
    ['yes', 'INVALID_ENTRY'],
    [{ debounce: 1 }, 'INVALID_ENTRY'],
    [{ debounceMs: 1 }, 'LIMIT_EXCEEDED'],
    [{ version: 'newest' }, 'INVALID_ENTRY'],
    [{ version: '2026.9.6' }, 'STORE_UNSUPPORTED'],
  ])('with the options %j', async (mirror, code) => {
    const options = { mirror } as StoreOptions;
    await expect(openStore(temporaryDirectory(), options)).rejects.toMatchObject({ code });
  });
});
