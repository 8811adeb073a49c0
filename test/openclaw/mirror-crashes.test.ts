import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { realFileSystem } from '../../src/system/file-system.ts';
import { type Call, type Fault, FaultySystem, isWrite } from '../faults/faulty-system.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { seeded } from '../processes/seeded.ts';
import { adoptAt } from './adopt-at.ts';
import { killWriters } from './kill-writers.ts';
import { mirrorOnce, openMirrorAt } from './mirror-at.ts';
import { listPath, readList, sessionsDir, smallCopy, writeList } from './state-copy.ts';

const MAIN = 'agent:main:main';
const DIRECT = 'agent:main:telegram:direct:700';
const OTHER = 'agent:main:telegram:direct:701';
const MADE = 'agent:main:made';

/** What a mirror finds when it looks: each is made anew for each crash. */
const situations: Record<string, (root: string) => Promise<void>> = {
  'the first write': async () => undefined,
  'a write of what the store has changed': async (root) => {
    await mirrorOnce(root);
    const { store } = await openStoreAt(root);
    await store.session(MAIN).update({ label: 'ours', model: null });
    await store.session(DIRECT).remove();
    await store.session(MADE).update({ made: true });
    await store.close();
  },
  'a write after an edit by hand': async (root) => {
    await mirrorOnce(root);
    const list = readList(root);
    list[OTHER].label = 'by hand';
    list['agent:main:new'] = { sessionId: 'new', updatedAt: 1_790_000_000_000 };
    list['agent:main:odd'] = [1];
    writeList(root, list);
    const { store } = await openStoreAt(root);
    await store.session(MAIN).update({ label: 'ours' });
    await store.close();
  },
};

async function prepared(situation: string): Promise<string> {
  const root = smallCopy();
  const { store } = await adoptAt(root);
  await store.close();
  await situations[situation]?.(root);
  return root;
}

/** What the mirror says, without what is another one in every run. */
function content(root: string): [string, unknown][] {
  return Object.entries(readList(root)).map(([key, entry]) => {
    if (Array.isArray(entry)) return [key, entry];
    const { sessionFile: _place, updatedAt: _time, sessionId, ...fields } = entry;
    return [key, { ...fields, ...(key !== MADE && { sessionId }) }];
  });
}

/** Which call is the last one, and whether half of what it writes is written. */
interface Death {
  n: number;
  half: boolean;
}

/** The process dies in its look at the mirror: from a call on none does anything. */
async function dieIn(root: string, death?: Death): Promise<readonly Call[]> {
  const system = new FaultySystem();
  const { mirror, store } = await openMirrorAt(root, system);
  system.forget();
  if (death !== undefined) system.intervene = (call) => faultOf(call, death);
  await mirror.start();
  // The kernel closes what was open, and so lets go of its lock.
  for (const fd of system.open.keys()) realFileSystem.closeSync(fd);
  await store.close();
  return system.calls;
}

function faultOf(call: Call, { n, half }: Death): Fault | undefined {
  if (call.n < n) return undefined;
  if (call.n > n || !half || !isWrite(call)) return { errno: 'EIO' };
  const [, data] = call.args as [number, string | Buffer];
  return { bytes: Math.floor(data.length / 2) };
}

describe('a process that dies while it writes the mirror', () => {
  it.each(Object.keys(situations))(
    'C.14 before any call of %s leaves nothing that the next one does not complete',
    async (situation) => {
      const whole = await prepared(situation);
      const calls = await dieIn(whole);
      expect(await mirrorOnce(whole)).toEqual([]);
      const wanted = content(whole);
      expect(calls.length).toBeGreaterThan(30);
      let crashes = 0;
      for (const call of calls) {
        for (const half of isWrite(call) ? [false, true] : [false]) {
          if (!half && !changes(call)) continue;
          const root = await prepared(situation);
          const before = readFileSync(listPath(root), 'utf8');
          await dieIn(root, { n: call.n, half });
          const name = `call ${call.n}, ${call.name} ${call.path}${half ? ', half' : ''}`;
          const left = readFileSync(listPath(root), 'utf8');
          // Readers have the former file or the next one.
          if (left !== before) expect(content(root), name).toEqual(wanted);
          // Nothing that the dead one has written is taken for an edit or a conflict. That an entry
          // is no session is told by the one that comes first to the end of it.
          const told = (await mirrorOnce(root)).filter(({ code }) => code !== 'MIRROR_REFUSED');
          expect(told, name).toEqual([]);
          expect(content(root), name).toEqual(wanted);
          const own = readdirSync(sessionsDir(root)).filter((each) => /\.tmp$/.test(each));
          expect(own, name).toEqual([]);
          crashes += 1;
        }
      }
      console.log(`${situation}: died at ${crashes} places`);
      expect(crashes).toBeGreaterThan(8);
    },
    240_000,
  );

  it('C.15 goes on after any single call that fails', async () => {
    const situation = 'a write after an edit by hand';
    const whole = await prepared(situation);
    const calls = await dieIn(whole);
    const wanted = content(whole);
    // A prime step meets each kind of call; all of them are tried by the long form.
    const step = process.env.PROOF === 'long' ? 1 : 3;
    for (const { n, name, path } of calls.filter((_call, index) => index % step === 0)) {
      const root = await prepared(situation);
      const system = new FaultySystem();
      const { mirror, store, told } = await openMirrorAt(root, system);
      system.forget();
      system.failAt(n, 'EIO');
      await mirror.start();
      system.mend();
      // The next look is the one at the end.
      await mirror.close();
      await store.close();
      const which = `call ${n}, ${name} ${path}`;
      const allowed = ['MIRROR_FAILED', 'MIRROR_REFUSED'];
      expect(
        told.filter(({ code }) => !allowed.includes(code)),
        which,
      ).toEqual([]);
      expect(content(root), which).toEqual(wanted);
      expect([...system.open.values()], which).toEqual([]);
    }
  }, 240_000);

  it('is succeeded by one that completes its work, wherever kill -9 came', async () => {
    const random = seeded('mirror kill -9');
    const root = await prepared('the first write');
    const interrupted = await killWriters(root, 20, random.below);
    console.log(`${interrupted} of 20 left something to write`);
    expect(interrupted).toBeGreaterThan(0);
  }, 600_000);
});

function changes({ name, args }: Call): boolean {
  if (name === 'open') return /(\.tmp|\.new|\.json|\.lock)$/.test(String(args[0]));
  return /^(write|rename|unlink|mkdir|ftruncate)/.test(name);
}
