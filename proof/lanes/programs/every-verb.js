/**
 * Every verb of a store once, in a lane: on another file system, another release of Node, or on
 * Windows, where nothing can be printed. What came of it is written to a file.
 *
 *     node every-verb.js <directory> <results.json>
 */
import assert from 'node:assert/strict';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';

const [directory, results] = process.argv.slice(2);
const KEY = 'agent:main:slack:channel:c024';
/** Keys that are one name, or none, on some volume. */
const HOSTILE = [
  ...['agent:main:É', 'agent:main:é', 'agent:main:e\u0301', 'agent:main:K', 'agent:main:k'],
  ...['agent:main:\u212a', 'agent:main:ß', 'agent:main:ss', 'agent:main:CON', 'agent:main:con'],
  ...['agent:main:a:b', 'agent:main:a.', 'agent:main:a ', 'agent:main:a', 'agent:main:*?"<>|'],
  ...['agent:main:..', 'agent:main:a/b', 'agent:main:a\\b', `agent:main:${'漢'.repeat(300)}`],
  ...['agent:NUL:x', 'agent:nul:x', 'agent:Main:x', 'agent:main:x'],
];
const note = (text) => ({ type: 'note', text });

async function collect(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

const warnings = [];
let store = await openStore(directory, { onWarning: (warning) => warnings.push(warning) });
const session = store.session(KEY);

const STEPS = {
  async update() {
    assert.equal((await session.update({ model: 'opus', n: 1 })).rev, 1);
    const again = await session.update(({ n }) => ({ n: n + 1 }));
    assert.deepEqual([again.rev, again.entry.n], [2, 2]);
  },
  async append() {
    await session.append(note('one'));
    await session.append(note('two'), { id: 'two' });
    await session.append(note('two'), { id: 'two' });
    const texts = (await collect(session.transcript())).map(({ text }) => text);
    assert.deepEqual(texts, ['one', 'two']);
  },
  async 'reset and restore'() {
    const { sessionId } = await session.read();
    await session.reset({ reason: 'new' });
    await session.append(note('three'));
    const [archive] = await session.archives();
    assert.equal(archive.sessionId, sessionId);
    await session.restore(sessionId);
    assert.equal((await collect(session.transcript())).length, 2);
  },
  async turn() {
    await session.turn(async (turn) => {
      await turn.append(note('in a turn'));
      await turn.update({ turned: true });
      await assert.rejects(
        session.turn(() => undefined),
        { code: 'SESSION_BUSY' },
      );
    });
    assert.equal((await session.read()).entry.turned, true);
  },
  async fold() {
    for (let n = 0; n < 60; n++) await session.update({ text: `${n} `.padEnd(30_000, 'x') });
    assert.equal((await session.read()).entry.model, 'opus');
    const sessions = join(store.location, 'agents/main/sessions/sessions.d');
    const folder = readdirSync(sessions).find((name) => name.startsWith('slack-channel-c024~'));
    const logs = readdirSync(join(sessions, folder)).filter((name) => /^meta\.\d+/.test(name));
    assert.notDeepEqual(logs, ['meta.1.jsonl'], 'it was folded');
  },
  async 'large values'() {
    const skills = { list: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };
    for (const tail of ['b1', 'b2', 'b3']) {
      await store.session(`agent:main:blob:${tail}`).update({ skills });
      assert.equal(
        (await store.session(`agent:main:blob:${tail}`).read()).entry.skills.list[9],
        'skill 9',
      );
    }
  },
  async 'names that collide'() {
    for (const key of HOSTILE) await store.session(key).update({ key });
    for (const key of HOSTILE) assert.equal((await store.session(key).read()).entry.key, key);
    const listed = (await collect(store.list())).map(({ key }) => key);
    for (const key of HOSTILE) assert.ok(listed.includes(key), `${key} is listed`);
  },
  async watch() {
    const stop = new AbortController();
    const changes = store.watch({ signal: stop.signal })[Symbol.asyncIterator]();
    const first = changes.next();
    await store.session('agent:main:watched').update({ n: 1 });
    const { value } = await first;
    assert.equal(value.key, 'agent:main:watched');
    stop.abort();
    await changes.return?.();
  },
  async remove() {
    const other = store.session('agent:main:removed');
    await other.update({ n: 1 });
    await other.append(note('gone'));
    assert.equal(await other.remove(), true);
    assert.equal(await other.read(), undefined);
    assert.equal((await other.update({ n: 2 })).rev, 1);
    assert.deepEqual(await collect(other.transcript()), []);
  },
  async 'list and figures'() {
    const keys = (await collect(store.list({ channel: 'slack' }))).map(({ key }) => key);
    assert.deepEqual(keys, [KEY]);
    assert.ok((await store.figures()).sessions >= HOSTILE.length);
  },
  async 'open again and verify'() {
    await store.close();
    store = await openStore(directory, { onWarning: (warning) => warnings.push(warning) });
    assert.equal((await store.session(KEY).read()).entry.turned, true);
    const { problems } = await store.verify();
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'damage'),
      [],
    );
    await store.close();
    assert.deepEqual(warnings, []);
  },
};

const failures = [];
for (const [title, run] of Object.entries(STEPS)) {
  try {
    await run();
  } catch (error) {
    failures.push({ title, failure: error.stack ?? String(error) });
  }
}
const { platform, version } = process;
const report = { platform, version, cases: Object.keys(STEPS).length, failures };
// Whoever waits for the file never sees half of it.
writeFileSync(`${results}.part`, JSON.stringify(report));
renameSync(`${results}.part`, results);
