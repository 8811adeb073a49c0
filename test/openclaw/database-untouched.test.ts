import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { FaultySystem } from '../faults/faulty-system.ts';
import { adoptAt } from './adopt-at.ts';
import { databaseCopy, databasePath, editDatabase } from './database-copy.ts';
import { collect, inStore, recordsOf, smallCopy, temporaryDirectory } from './state-copy.ts';

const MAIN = 'agent:main:main';
const DIRECT = 'agent:main:telegram:direct:555';
const HIDE = new URL('without-package.js', import.meta.url).href;
const CHILD = fileURLToPath(new URL('adopt-child.js', import.meta.url));

/** Names below `agent/`, with bytes and times of change. */
function agentFolder(root: string, agentId = 'main') {
  const folder = dirname(databasePath(root, agentId));
  return readdirSync(folder).map((name) => {
    const { mtimeMs, ctimeMs, mode, size } = statSync(join(folder, name));
    return {
      name,
      mtimeMs,
      ctimeMs,
      mode,
      size,
      bytes: readFileSync(join(folder, name), 'base64'),
    };
  });
}

describe('a database that is adopted', () => {
  it.each(['sqlite', 'sqlite-wal'] as const)(
    'has not changed, nor what lies beside it (%s)',
    async (name) => {
      const root = databaseCopy(name);
      const before = agentFolder(root);
      expect((await adoptStateDir(root)).adopted).toBeGreaterThan(1);
      expect(agentFolder(root)).toEqual(before);
    },
  );

  it('is read with what only its log has', async () => {
    const root = databaseCopy('sqlite-wal');
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 2, refused: [], notices: [] });
    await inStore(root, async (store) => {
      const texts = async (key: string) =>
        (await recordsOf(store, key)).map(({ message }) => message.content);
      expect(await texts(MAIN)).toEqual(['in the file', 'in the log']);
      expect(await texts(DIRECT)).toEqual(['all of it', 'in the log']);
    });
  });

  it('is read without its log when there is none', async () => {
    const root = databaseCopy('sqlite-wal');
    rmSync(`${databasePath(root)}-wal`);
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 1, refused: [] });
    expect(existsSync(`${databasePath(root)}-wal`)).toBe(false);
  });

  it('is opened for reading only, and nothing but its own files is', async () => {
    const root = databaseCopy('sqlite-wal');
    const system = new FaultySystem();
    await adoptAt(root, system);
    const folder = dirname(databasePath(root));
    const touched = system.calls.filter(({ path }) => path.startsWith(folder));
    expect([...new Set(touched.map(({ name }) => name))].sort()).toEqual(
      ['closeSync', 'fstatSync', 'lstat', 'lstatSync', 'openSync', 'readSync'].sort(),
    );
    expect(
      system.calls.filter(({ path, name }) => name === 'mkdirSync' && path === folder),
    ).toEqual([]);
    expect(system.open.size).toBeLessThan(20);
    expect([...system.open.values()].filter((path) => path.startsWith(folder))).toEqual([]);
  });
});

describe('a database that is written to meanwhile', () => {
  /** Runs `change` before the first write into the store. */
  async function changedMeanwhile(root: string, change: () => void) {
    const system = new FaultySystem();
    let done = false;
    system.intervene = ({ name, path }) => {
      if (!done && name === 'writeSync' && path.includes('sessions.d')) {
        done = true;
        change();
      }
      return undefined;
    };
    const { report } = await adoptAt(root, system);
    expect(done).toBe(true);
    return report;
  }

  it.each([
    ['by a checkpoint', (path: string) => utimesSync(path, 1, 1)],
    [
      'by a log that begins anew',
      (path: string) => writeFileSync(`${path}-wal`, Buffer.alloc(64, 7), { flag: 'r+' }),
    ],
  ])('%s is left where it is, and told', async (_how, change) => {
    const root = databaseCopy('sqlite-wal');
    const report = await changedMeanwhile(root, () => change(databasePath(root)));
    expect(report.adopted).toBeLessThan(2);
    expect(report.notices.map(({ reason }) => reason)).toContainEqual(
      expect.stringMatching(/written to it meanwhile.*adopt again/),
    );
  });

  it('is taken over by the next run', async () => {
    const root = databaseCopy('sqlite-wal');
    await changedMeanwhile(root, () => utimesSync(databasePath(root), 1, 1));
    const { adopted, known } = await adoptStateDir(root);
    expect(adopted + known).toBe(2);
    await inStore(root, async (store) => {
      expect(await recordsOf(store, MAIN)).toHaveLength(2);
      expect(await recordsOf(store, DIRECT)).toHaveLength(2);
    });
  });

  it('is taken over when its log has only grown', async () => {
    const root = databaseCopy('sqlite-wal');
    const wal = `${databasePath(root)}-wal`;
    const report = await changedMeanwhile(root, () => writeFileSync(wal, 'more', { flag: 'a' }));
    expect(report).toMatchObject({ adopted: 2, notices: [] });
  });
});

describe('a database that can not be read', () => {
  it('C.5 is told from one that is empty, and costs one agent', async () => {
    const root = databaseCopy('sqlite');
    writeFileSync(databasePath(root), Buffer.alloc(200_000), { flag: 'r+' });
    const report = await adoptStateDir(root);
    expect(report.stores[0]).toMatchObject({ agentId: 'main', adopted: 0 });
    expect(report.stores[0]?.unreadable).toMatch(/it cannot be read: file is not a database/);
    expect(report.stores[1]).toMatchObject({ agentId: 'work', adopted: 16 });
    expect(report.notices[0]).toMatchObject({ path: 'agents/main/agent/openclaw-agent.sqlite' });
  });

  it('C.5 is told when the system refuses it', async () => {
    const root = databaseCopy('sqlite-wal');
    const system = new FaultySystem();
    system.intervene = ({ name, path }) =>
      name === 'readSync' && path.endsWith('.sqlite') ? { errno: 'EIO' } : undefined;
    const { report } = await adoptAt(root, system);
    expect(report.stores[0]?.unreadable).toMatch(/cannot be read: .*EIO/);
  });

  it('C.5 costs the sessions that the system refuses in the middle, and the next run has them', async () => {
    const whole = databaseCopy('sqlite');
    await adoptStateDir(whole);
    const root = databaseCopy('sqlite');
    const system = new FaultySystem();
    let adopted = 0;
    system.intervene = ({ name, path }) => {
      if (name === 'write' && path.endsWith('adopted.jsonl')) adopted += 1;
      return adopted > 5 && name === 'readSync' && path.endsWith('.sqlite')
        ? { errno: 'EIO' }
        : undefined;
    };
    const { report, store } = await adoptAt(root, system);
    await store.close();
    expect(report.refused.length).toBeGreaterThan(5);
    expect(report.refused[0]?.reason).toMatch(/cannot be read: .*EIO/);
    expect(await adoptStateDir(root)).toMatchObject({ refused: [], notices: [] });
    const count = (at: string) =>
      inStore(at, async (opened) => {
        const counts: [string, number][] = [];
        for await (const { key } of opened.list({ order: 'key' })) {
          counts.push([key, (await recordsOf(opened, key)).length]);
        }
        return counts;
      });
    expect(await count(root)).toEqual(await count(whole));
  });

  it('is not opened through a link, nor under a second name', async () => {
    for (const link of [symlinkSync, linkSync]) {
      const root = databaseCopy('sqlite-wal');
      const elsewhere = join(temporaryDirectory(), 'elsewhere.sqlite');
      renameSync(databasePath(root), elsewhere);
      link(elsewhere, databasePath(root));
      const report = await adoptStateDir(root);
      expect(report.adopted).toBe(0);
      expect(report.stores[0]?.unreadable).toMatch(/is not opened: it is (a link|linked)/);
    }
  });

  it('is told of when a change of it was cut off before it was whole', async () => {
    const root = databaseCopy('sqlite');
    const path = databasePath(root);
    await editDatabase(path, 'PRAGMA user_version = 23');
    const bytes = readFileSync(path);
    bytes.fill(1, 18, 20);
    writeFileSync(path, bytes);
    // A journal whose head says that pages lie in it: the change was never taken back.
    const head = Buffer.alloc(512);
    Buffer.from('d9d505f920a163d7', 'hex').copy(head);
    head.writeUInt32BE(1, 8);
    head.writeUInt32BE(bytes.length / 4096, 16);
    head.writeUInt32BE(512, 20);
    head.writeUInt32BE(4096, 24);
    writeFileSync(`${path}-journal`, Buffer.concat([head, Buffer.alloc(4104)]));
    const report = await adoptStateDir(root);
    expect(report.stores[0]).toMatchObject({ agentId: 'main', adopted: 0 });
    expect(report.stores[0]?.unreadable).toMatch(/cut off and not taken back/);
  });
});

describe('without the packages that read databases', () => {
  /** Adopts in a process in which one package can not be found. */
  function adoptWithout(name: string, root: string) {
    const args = ['--import', HIDE, CHILD, root, 'tell'];
    const env = { ...process.env, HIDDEN_PACKAGE: name };
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  it.each(['@sqlite.org/sqlite-wasm', 'fzstd'])(
    '%s: what to install is said, and other agents are adopted',
    (name) => {
      const root = smallCopy();
      const other = databaseCopy('sqlite');
      cpSync(dirname(databasePath(other)), join(root, 'agents/third/agent'), { recursive: true });
      const report = adoptWithout(name, root);
      expect(report.adopted).toBe(7);
      const [third] = report.stores.filter(
        ({ agentId }: { agentId: string }) => agentId === 'third',
      );
      expect(third.unreadable).toMatch(/npm install @sqlite.org\/sqlite-wasm fzstd$/);
      expect(third.unreadable).toContain(`and ${name} can not be loaded`);
    },
  );

  it('directories without databases need none', async () => {
    const root = smallCopy();
    expect(adoptWithout('@sqlite.org/sqlite-wasm', root)).toMatchObject({ adopted: 7 });
    await inStore(root, async (store) => expect(await collect(store.list())).not.toEqual([]));
  });
});
