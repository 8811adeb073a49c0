import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { FaultySystem } from '../faults/faulty-system.ts';
import { adoptAt } from './adopt-at.ts';
import {
  collect,
  foreignFiles,
  inStore,
  listPath,
  readList,
  recordsOf,
  sampleCopy,
  sessionsDir,
  smallCopy,
  writeList,
} from './state-copy.ts';

const MAIN = 'agent:main:main';
const DIRECT = 'agent:main:telegram:direct:700';

const CHILD = fileURLToPath(new URL('adopt-child.js', import.meta.url));

function linesOf(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

const ledger = (root: string) => join(sessionsDir(root), 'sessions.d', 'adopted.jsonl');

describe('adopting again', () => {
  it('R7.8 leaves alone what the store has changed since', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    const state = await inStore(root, async (store) => {
      await store.session(MAIN).update({ model: 'mine' });
      return store.session(MAIN).reset();
    });
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 0, known: 7 });
    expect(await inStore(root, (store) => store.session(MAIN).read())).toEqual(state);
  });

  it('R7.8 does not bring back what was removed', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    await inStore(root, (store) => store.session(DIRECT).remove());
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 0, known: 7 });
    await inStore(root, async (store) => {
      expect(await store.session(DIRECT).read()).toBeUndefined();
      const keys = (await collect(store.list())).map(({ key }) => key);
      expect(keys.filter((key) => !key.includes(':recovered:'))).toHaveLength(6);
    });
  });

  it('takes over what is new since', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    writeList(root, { ...readList(root), 'agent:main:new': { sessionId: 'new', updatedAt: 5 } });
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 1, known: 7 });
  });

  it('does not take over one conversation under a second key', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    const { [DIRECT]: entry, ...list } = readList(root);
    writeList(root, { ...list, 'agent:main:renamed': entry });
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 0, known: 6 });
    expect(report.refused).toMatchObject([
      { key: 'agent:main:renamed', reason: expect.stringContaining(`as "${DIRECT}" before`) },
    ]);
  });

  it('leaves a session alone that is there under one of the keys', async () => {
    const root = smallCopy();
    const mine = await inStore(root, (store) => store.session(DIRECT).update({ model: 'mine' }));
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 6, known: 1 });
    expect(report.notices).toContainEqual({
      key: DIRECT,
      path: 'agents/main/sessions/sessions.json',
      reason: 'a session of this key is there with another conversation, and stays',
    });
    expect(await inStore(root, (store) => store.session(DIRECT).read())).toEqual(mine);
  });

  it('C.15 goes on where a failing call has ended it, and then everything is there once', async () => {
    const whole = smallCopy();
    const system = new FaultySystem();
    await adoptAt(whole, system);
    const wanted = await contents(whole);
    const writes = new Set([
      'write',
      'writeSync',
      'mkdirSync',
      'open',
      'rename',
      'fsync',
      'ftruncateSync',
    ]);
    const calls = system.calls.filter(({ name }) => writes.has(name));
    expect(calls.length).toBeGreaterThan(40);
    let stopped = 0;
    // Every call would take minutes; a prime step meets each kind of call at several sessions.
    for (let n = 1; n <= calls.length; n += 7) {
      const root = smallCopy();
      const before = foreignFiles(root);
      const faulty = new FaultySystem();
      let seen = 0;
      faulty.intervene = ({ name }) =>
        writes.has(name) && ++seen === n ? { errno: 'EIO' } : undefined;
      const first = await adoptAt(root, faulty).catch((error: unknown) => error);
      if (first instanceof Error) stopped += 1;
      faulty.intervene = () => undefined;
      const again = await adoptStateDir(root);
      expect({ n, refused: again.refused }).toEqual({ n, refused: [] });
      expect(again.adopted + again.known).toBe(7);
      expect({ n, found: await contents(root) }).toEqual({ n, found: wanted });
      expect(foreignFiles(root)).toEqual(before);
    }
    expect(stopped).toBeGreaterThan(0);
  });
});

describe('an adoption that is killed', () => {
  it.each([1, 9, 20, 33, 43])(
    'C.14 after %i sessions goes on with the others, and none is there twice',
    async (count) => {
      const whole = sampleCopy();
      await adoptStateDir(whole);
      const wanted = await contents(whole);
      const root = sampleCopy();
      const before = foreignFiles(root);
      const child = fork(CHILD, [root], { stdio: 'inherit' });
      const ended = once(child, 'exit');
      while (linesOf(ledger(root)) < count) {
        if (child.exitCode !== null) throw new Error(`it ended before ${count} sessions`);
        await setImmediate();
      }
      child.kill('SIGKILL');
      await ended;
      const made = adoptedKeys(ledger(root)).filter((key) => !key.includes(':recovered:')).length;
      const report = await adoptStateDir(root);
      expect(report.adopted + report.known).toBe(62);
      expect(report.known).toBeGreaterThanOrEqual(made);
      expect(report.adopted + report.recovered).toBeGreaterThan(0);
      expect(await contents(root)).toEqual(wanted);
      expect(foreignFiles(root)).toEqual(before);
    },
  );
});

describe('the list of adopted keys', () => {
  it('is private and has a checked line for each conversation', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    expect(statSync(ledger(root)).mode & 0o777).toBe(0o600);
    const lines = readFileSync(ledger(root), 'utf8').trimEnd().split('\n');
    expect(new Set(adoptedKeys(ledger(root)))).toEqual(
      new Set([
        ...Object.keys(readList(root)),
        'agent:main:recovered:0e3baf63-9741-4739-bc18-eca6890f3226',
      ]),
    );
    expect(lines).toHaveLength(9);
    expect(lines.map((line) => JSON.parse(line))).toContainEqual({
      v: 1,
      key: MAIN,
      sessionId: readList(root)[MAIN].sessionId,
      at: expect.any(Number),
      c: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
  });

  it('is mended by the sessions when its last line is torn, or all of it is gone', async () => {
    for (const cut of [10, Number.POSITIVE_INFINITY]) {
      const root = smallCopy();
      await adoptStateDir(root);
      const text = readFileSync(ledger(root), 'utf8');
      truncateSync(ledger(root), Math.max(0, text.length - cut));
      expect(await adoptStateDir(root)).toMatchObject({ adopted: 0, known: 7 });
      await inStore(root, (store) => store.session(DIRECT).remove());
      const report = await adoptStateDir(root);
      expect(report).toMatchObject({ adopted: 0, known: 7 });
      expect(report.notices.filter(({ reason }) => /do not check/.test(reason))).toEqual([]);
    }
  });

  it('tells of lines that do not check', async () => {
    const root = smallCopy();
    await adoptStateDir(root);
    writeFileSync(
      ledger(root),
      readFileSync(ledger(root), 'utf8').replace(MAIN, 'agent:main:mXin'),
    );
    appendFileSync(ledger(root), '\0\0\0\0\n');
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 0, known: 7 });
    expect(report.notices.map(({ reason }) => reason)).toContain(
      '2 lines of the list of adopted sessions do not check',
    );
  });

  it('is not read through a link, and without it nothing of that agent comes', async () => {
    const root = smallCopy();
    await inStore(root, (store) => store.session(MAIN).update({ a: 1 }));
    symlinkSync('/etc/hostname', ledger(root));
    const report = await adoptStateDir(root);
    expect(report.stores[0]).toMatchObject({ adopted: 0, known: 0 });
    expect(report.stores[0]?.unreadable).toMatch(/can not be the list of adopted .*it is a link/);
    expect(report.stores[1]).toMatchObject({ agentId: 'work', adopted: 1 });
  });
});

describe('what can not be read', () => {
  it.each(['readdir', 'open', 'lstat'] as const)(
    'C.5 at %s, costs one agent and is never taken for nothing',
    async (name) => {
      const root = smallCopy();
      const system = new FaultySystem();
      const place = name === 'readdir' ? sessionsDir(root) : listPath(root);
      system.intervene = (call) =>
        call.name === name && call.path === place ? { errno: 'EACCES' } : undefined;
      const { report } = await adoptAt(root, system);
      expect(report.stores[0]).toMatchObject({ agentId: 'main', adopted: 0, known: 0 });
      expect(report.stores[0]?.unreadable).toMatch(/can ?not be read.*EACCES/);
      expect(report.stores[1]).toMatchObject({ agentId: 'work', adopted: 1 });
    },
  );
});

describe('a directory that is no state directory', () => {
  it('is told from an empty one, and nothing is made in it', async () => {
    const root = sessionsDir(smallCopy(), 'work');
    const before = foreignFiles(root);
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 0, known: 0, stores: [] });
    expect(report.notices[0]?.reason).toMatch(/no OpenClaw state directory/);
    expect(foreignFiles(root)).toEqual(before);
    await expect(adoptStateDir(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'IO_FAILED' });
    await expect(adoptStateDir(join(root, 'sessions.json'))).rejects.toMatchObject({
      code: 'IO_FAILED',
    });
  });

  it('is told of when its sessions lie where adoption does not look', async () => {
    const root = smallCopy();
    writeFileSync(join(root, 'openclaw.json'), '{"session":{"store":"~/elsewhere.json"}}');
    const sqlite = join(root, 'agents/main/agent/openclaw-agent.sqlite');
    writeFileSync(sqlite, 'SQLite format 3\0 CREATE TABLE session_nodes (key TEXT)');
    const reasons = (await adoptStateDir(root)).notices.map(
      ({ path, reason }) => `${path}: ${reason}`,
    );
    expect(reasons).toContainEqual(
      expect.stringMatching(/openclaw\.json: session\.store is "~\/else/),
    );
    expect(reasons).toContainEqual(
      expect.stringMatching(/agent\/openclaw-agent\.sqlite: it cannot be read/),
    );
  });
});

/** The keys of the whole lines, each once. */
function adoptedKeys(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return [...new Set(lines.map((line) => JSON.parse(line).key as string))];
}

/** Every session with its state, transcript and archives. */
async function contents(root: string) {
  return inStore(root, async (store) => {
    const found = [];
    for await (const { key } of store.list({ order: 'key' })) {
      const archives = await store.session(key).archives();
      const state = await store.session(key).read();
      found.push({ state, archives, records: await recordsOf(store, key) });
    }
    return found;
  });
}
