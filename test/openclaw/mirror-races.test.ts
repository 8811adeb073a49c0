import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realSystem, type System } from '../../src/system/system.ts';
import { adoptAt } from './adopt-at.ts';
import { expectCurrent, mirrorOnce, openMirrorAt } from './mirror-at.ts';
import { listPath, readList, sessionsDir, smallCopy, writeList } from './state-copy.ts';

const MAIN = 'agent:main:main';

async function mirrored(): Promise<string> {
  const root = smallCopy();
  const { store } = await adoptAt(root);
  await store.close();
  await mirrorOnce(root);
  return root;
}

/** A system in which something happens at the first opening of a temp file of the mirror. */
function interrupted(happens: () => void): System {
  let once = true;
  const open: System['fs']['open'] = async (path, flags, mode) => {
    const fd = await realSystem.fs.open(path, flags, mode);
    if (once && /sessions\.json\.\d+\..*\.tmp$/.test(path)) {
      once = false;
      happens();
    }
    return fd;
  };
  return { ...realSystem, fs: { ...realSystem.fs, open } };
}

describe('while the next mirror is being written', () => {
  it('an edit of the present one is not lost', async () => {
    const root = await mirrored();
    const system = interrupted(() => {
      const list = readList(root);
      list[MAIN].label = 'in between';
      writeList(root, list);
    });
    const { mirror, store, told } = await openMirrorAt(root, system);
    await store.session(MAIN).update({ model: 'ours' });
    await mirror.start();
    expect((await store.session(MAIN).read())?.entry).toMatchObject({
      ...{ label: 'in between', model: 'ours' },
    });
    expect(readList(root)[MAIN]).toMatchObject({ label: 'in between', model: 'ours' });
    expect(told).toEqual([]);
    await mirror.close();
  });

  it('a file that is cut off meanwhile is not copied', async () => {
    const root = await mirrored();
    const system = interrupted(() => {
      writeFileSync(listPath(root), readFileSync(listPath(root), 'utf8').slice(0, 2_000));
    });
    const { mirror, store } = await openMirrorAt(root, system);
    await store.session(MAIN).update({ model: 'ours' });
    await mirror.start();
    // It may be one that another program is writing.
    expect(readFileSync(listPath(root), 'utf8')).toHaveLength(2_000);
    await mirror.close();
    await store.close();
    await expectCurrent(root);
  });

  it('a session may be changed and removed', async () => {
    const root = await mirrored();
    let change: Promise<unknown> = Promise.resolve();
    const system = interrupted(() => {
      change = store.session('agent:main:telegram:direct:700').remove();
    });
    const { mirror, store } = await openMirrorAt(root, system);
    await store.session(MAIN).update({ model: 'ours' });
    await mirror.start();
    await change;
    await mirror.close();
    await store.close();
    await expectCurrent(root);
  });
});

describe('the lock of the writer', () => {
  it('that was deleted makes it give way to another one', async () => {
    const root = await mirrored();
    const first = await openMirrorAt(root);
    await first.mirror.start();
    const lock = join(sessionsDir(root), 'sessions.d', 'mirror.lock');
    const holder = readFileSync(lock, 'utf8');
    const waiting = await openMirrorAt(root);
    await waiting.mirror.start();
    expect(readFileSync(lock, 'utf8')).toBe(holder);
    unlinkSync(lock);
    const second = await openMirrorAt(root);
    await second.mirror.start();
    const successor = readFileSync(lock, 'utf8');
    expect(successor).not.toBe(holder);
    // The former one has nothing to write any more.
    await first.store.session(MAIN).update({ model: 'late' });
    await first.mirror.close();
    await waiting.mirror.close();
    expect(readList(root)[MAIN].model).not.toBe('late');
    expect(readFileSync(lock, 'utf8')).toBe(successor);
    await second.mirror.close();
    expect(readList(root)[MAIN].model).toBe('late');
  });

  it('names a temp file that a dead writer has left, and nobody removes another one', async () => {
    const root = await mirrored();
    const at = (name: string) => join(sessionsDir(root), name);
    const left = 'sessions.json.77.01a206d6-7cd4-7002-a5cb-c15d73a19365.tmp';
    const foreign = 'sessions.json.78.01a206d6-7cd4-7002-a5cb-c15d73a19365.tmp';
    for (const name of [left, foreign]) writeFileSync(at(name), '{');
    const lock = at('sessions.d/mirror.lock');
    writeFileSync(lock, JSON.stringify({ temporary: left }));
    await mirrorOnce(root);
    expect(() => readFileSync(at(left))).toThrow('ENOENT');
    expect(readFileSync(at(foreign), 'utf8')).toBe('{');
    // A name that leads elsewhere is none.
    writeFileSync(at('victim.json'), '{}');
    writeFileSync(lock, JSON.stringify({ temporary: '../sessions/victim.json' }));
    await mirrorOnce(root);
    expect(readFileSync(at('victim.json'), 'utf8')).toBe('{}');
  });
});
