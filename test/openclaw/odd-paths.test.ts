import {
  cpSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { FaultySystem } from '../faults/faulty-system.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { directoryOf } from '../files/paths-of-session.ts';
import { adoptAt, noticeOf } from './adopt-at.ts';
import {
  foreignFiles,
  inStore,
  readList,
  recordsOf,
  sampleCopy,
  sessionsDir,
  smallCopy,
  temporaryDirectory,
  writeList,
} from './state-copy.ts';

const hello = { type: 'message', message: { role: 'user', content: 'hello' } };
const MAIN = 'agent:main:main';
const MAIN_FILE = '16be81ff-63ea-493b-a3b6-336fa1ec8c4d.jsonl';
const DIRECT = 'agent:main:telegram:direct:700';

describe('a transcript path that leads nowhere good', () => {
  it('R3.1 is not followed: the handler answers, and nothing outside is opened', async () => {
    const root = smallCopy('sessionfile-odd');
    const before = foreignFiles(root);
    const system = new FaultySystem();
    const { store, report } = await adoptAt(root, system);
    const odd = Object.keys(readList(root)).filter((key) => key.startsWith('agent:main:sf:'));
    expect(odd).toHaveLength(11);
    for (const key of odd) {
      const answer = await store.session(key).turn(async (turn) => {
        await turn.append(hello);
        return 'answered';
      });
      expect(answer).toBe('answered');
      const state = await store.session(key).read();
      expect(existsSync(join(directoryOf(root, key), `${state?.sessionId}.jsonl`))).toBe(true);
      expect(await recordsOf(store, key)).toMatchObject([hello]);
    }
    expect(report.adopted).toBe(18);
    expect(foreignFiles(root)).toEqual(before);
    const touched = system.calls.map(({ path }) => path).filter((path) => path.startsWith(sep));
    expect(touched.length).toBeGreaterThan(100);
    // The root itself is made sure of by its real path, through the directories above it.
    const outside = touched.filter((path) => path !== root && !path.startsWith(root + sep));
    expect(outside).toEqual([]);
  });

  it('R3.1 is not followed when a link stands there, nor a directory or a second name', async () => {
    const root = smallCopy();
    const outside = join(temporaryDirectory(), 'secret.jsonl');
    writeFileSync(outside, 'not yours\n');
    const list = readList(root);
    const place = (name: string) => join(sessionsDir(root), name);
    symlinkSync(outside, place('linked.jsonl'));
    linkSync(outside, place('second-name.jsonl'));
    cpSync(sessionsDir(root, 'work'), place('directory.jsonl'), { recursive: true });
    for (const name of ['linked', 'second-name', 'directory']) {
      list[`agent:main:${name}`] = { sessionId: name, updatedAt: 5, sessionFile: `${name}.jsonl` };
    }
    list['agent:main:derived'] = { sessionId: 'linked', updatedAt: 4 };
    writeList(root, list);
    const { store, report } = await adoptAt(root);
    expect(noticeOf(report, 'agent:main:linked')).toMatch(/it is a link; a new one begins/);
    expect(noticeOf(report, 'agent:main:second-name')).toMatch(/under a second name; a new one/);
    expect(noticeOf(report, 'agent:main:directory')).toMatch(/no regular file; a new one begins/);
    expect(noticeOf(report, 'agent:main:derived')).toMatch(/it is a link; a new one begins/);
    for (const name of ['linked', 'second-name', 'directory', 'derived']) {
      await store.session(`agent:main:${name}`).append(hello);
    }
    expect(readFileSync(outside, 'utf8')).toBe('not yours\n');
  });

  it('R3.1 leads to one warning and the derived path when it is in the store already', async () => {
    const root = smallCopy();
    const { backend, store, warnings } = await openStoreAt(root);
    const paths = ['', 7, null, '../up.jsonl', '/etc/hostname', 'C:\\other\\x.jsonl', 'a\0b.jsonl'];
    for (const [n, sessionFile] of paths.entries()) {
      const past = { sessionId: `odd-${n}`, entry: { sessionFile }, createdAt: 1, updatedAt: 1 };
      await backend.adopt(`agent:main:odd:${n}`, past);
      await store.session(`agent:main:odd:${n}`).append(hello);
      await store.session(`agent:main:odd:${n}`).append(hello);
      expect(existsSync(join(directoryOf(root, `agent:main:odd:${n}`), `odd-${n}.jsonl`))).toBe(
        true,
      );
    }
    expect(warnings.map(({ key }) => key)).toEqual(paths.map((_path, n) => `agent:main:odd:${n}`));
  });

  it('R3.2 is told once, with key and reason, and is repaired in the entry', async () => {
    const root = smallCopy('sessionfile-odd');
    const report = await adoptStateDir(root);
    const reasons = Object.fromEntries(
      report.notices
        .filter(({ key }) => key?.startsWith('agent:main:sf:'))
        .map(({ key, reason }) => [key?.slice('agent:main:sf:'.length), reason]),
    );
    expect(reasons).toEqual({
      outside: 'its transcript "../../../../etc/hostname" is not there; a new one begins',
      'absolute-outside': 'its transcript "/etc/hostname" is not there; a new one begins',
      empty: 'its sessionFile is empty; a new one begins',
      number: 'its sessionFile is a number, not a path; a new one begins',
      null: 'its sessionFile is null, not a path; a new one begins',
      object: 'its sessionFile is an object, not a path; a new one begins',
      'other-home': `its transcript ${MAIN_FILE} belongs to session "${MAIN}"; a new one begins`,
      'other-agent': expect.stringMatching(/1f7ea196.*is not there; a new one begins/),
      relative: `its transcript ${MAIN_FILE} belongs to session "${MAIN}"; a new one begins`,
      nul: 'its transcript "a\\u0000b.jsonl" is not there; a new one begins',
      windows: `its transcript ${MAIN_FILE} belongs to session "${MAIN}"; a new one begins`,
    });
    await inStore(root, async (store) => {
      for (const name of Object.keys(reasons)) {
        const state = await store.session(`agent:main:sf:${name}`).read();
        expect(state?.entry).not.toHaveProperty('sessionFile');
      }
      expect((await store.session(MAIN).read())?.entry.sessionFile).toBe(MAIN_FILE);
    });
    const again = await adoptStateDir(root);
    expect(again.notices.filter(({ key }) => key !== undefined)).toEqual([]);
  });

  it('R3.3 does not fork a conversation whose file of the same name lies in the right place', async () => {
    const root = smallCopy();
    const list = readList(root);
    const bases = new Map<string, string>();
    const places = ['/nowhere/', '../../../', 'C:\\Users\\ana\\', '\\\\server\\share\\', './'];
    for (const [n, key] of Object.keys(list).entries()) {
      const base = list[key].sessionFile.split('/').at(-1);
      bases.set(key, base);
      list[key].sessionFile = `${places[n % places.length]}${base}`;
    }
    writeList(root, list);
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      for (const [key, base] of bases) {
        const path = join(sessionsDir(root), base);
        if (!existsSync(path)) continue;
        const before = readFileSync(path, 'utf8');
        await store.session(key).append(hello);
        expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true);
        expect(readFileSync(path, 'utf8').length).toBeGreaterThan(before.length);
      }
    });
  });

  it('R3.4 costs no history when the whole directory moved, before or after the adoption', async () => {
    const root = smallCopy();
    for (const agentId of ['main', 'work']) {
      const text = JSON.stringify(readList(root, agentId)).replaceAll('/home/user', '/Users/alice');
      writeList(root, JSON.parse(text), agentId);
    }
    const report = await adoptStateDir(root);
    expect(report.notices.filter(({ reason }) => reason.includes('another home'))).toHaveLength(2);
    const history = await inStore(root, (store) => recordsOf(store, DIRECT));
    expect(history.length).toBeGreaterThan(4);
    const moved = join(temporaryDirectory(), 'moved');
    renameSync(root, moved);
    await inStore(moved, async (store) => {
      expect(await recordsOf(store, DIRECT)).toEqual(history);
      expect((await store.verify()).ok).toBe(true);
    });
    expect((await adoptStateDir(moved)).adopted).toBe(0);
  });

  it('R3.5 accepts the transcripts of topics, threads and forks', async () => {
    const root = sampleCopy();
    for (const agentId of ['main', 'work']) {
      const list = readList(root, agentId);
      // Without the path, the name has to be found from the id alone.
      for (const entry of Object.values(list)) delete entry.sessionFile;
      writeList(root, list, agentId);
    }
    const report = await adoptStateDir(root);
    expect(report.stores.map(({ orphans }) => orphans)).toEqual([0, 0]);
    const named = {
      'agent:main:telegram:group:-1001234550:topic:7': /-topic-7\.jsonl$/,
      'agent:work:telegram:group:-1009158487:topic:87': /-topic-87\.jsonl$/,
      'agent:main:matrix:group:!Roomf3e:example.org:thread:$EvT6d25Q': /-topic-%24EvT6d25Q\.jsonl$/,
      'agent:main:slack:channel:c003a29c:thread:1772124431.000855':
        /-topic-1772124431\.000855\.jsonl$/,
      'agent:main:dashboard:2f93d05a-7c8a-42f2-9ac6-a80d4f6185d4': /^2026-11-22T13-37-15-355Z_/,
    };
    const removed: string[] = [];
    await inStore(root, async (store) => {
      const before = await store.verify();
      expect(before).toMatchObject({ ok: true, checked: { sessions: 72 } });
      for (const [key, name] of Object.entries(named)) {
        const session = store.session(key);
        const state = await session.read();
        expect(state?.entry.sessionFile).toMatch(name);
        const history = await recordsOf(store, key);
        const file = join(sessionsDir(root, state?.agentId), state?.entry.sessionFile);
        await session.reset({ reason: 'new' });
        expect((await session.archives())[0]).toMatchObject({ sessionId: state?.sessionId });
        expect(await recordsOf(store, key)).toEqual([]);
        await session.append(hello);
        await session.restore(state?.sessionId as string);
        expect(await recordsOf(store, key)).toEqual(history);
        expect(await session.remove()).toBe(true);
        removed.push(file);
      }
      expect(await store.verify()).toMatchObject({ ok: true, checked: { sessions: 67 } });
    });
    // Files of a removed session go off the event loop; a store that has closed has done it.
    expect(removed.map((file) => existsSync(file))).toEqual(removed.map(() => false));
  });

  it('R3.7 is none when the state directory is reached through a link', async () => {
    const root = smallCopy();
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(root, link);
    const list = readList(root);
    list[DIRECT].sessionFile = join(
      link,
      'agents/main/sessions',
      list[DIRECT].sessionFile.split('/').at(-1),
    );
    writeList(root, list);
    const report = await adoptStateDir(link);
    expect(report.adopted).toBe(7);
    expect(noticeOf(report, DIRECT)).toBeUndefined();
    await inStore(link, async (store) => {
      expect((await recordsOf(store, DIRECT)).length).toBeGreaterThan(4);
    });
  });

  it('R7.10 is not followed when an agent or its sessions directory is a link', async () => {
    const root = smallCopy();
    const elsewhere = join(temporaryDirectory(), 'elsewhere');
    renameSync(join(root, 'agents/work'), elsewhere);
    symlinkSync(elsewhere, join(root, 'agents/work'));
    const before = foreignFiles(elsewhere);
    const report = await adoptStateDir(root);
    expect(report.stores.map(({ agentId }) => agentId)).toEqual(['main']);
    expect(report.notices).toContainEqual({
      path: 'agents/work',
      reason: 'it is a link; not opened',
    });
    expect(foreignFiles(elsewhere)).toEqual(before);
  });
});
