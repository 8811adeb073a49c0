/** Stores with everything in them that a back end may keep in a way of its own. */
import type { Entry, Store } from '../../src/index.ts';
import { seeded } from '../processes/seeded.ts';

const ODD_TEXTS = [
  'plain',
  'Größe 日本 👩‍👧',
  '\u0000 and \u0001',
  '\ud800 alone',
  '\udfff',
  '\\u0000',
  '',
  '\u2028',
];
const ODD_KEYS = [
  'x:Größe',
  'x:日本',
  'x:A',
  'x:a',
  'x:👩‍👧',
  "x:'; drop table sessions",
  'x: %2f..\\',
];
/** The same in many sessions, and large: a store may keep it once. */
const SHARED = { skills: Array.from({ length: 300 }, (_, n) => `skill ${n} \u0000`) };

/** Fills a store with sessions of each kind; the same seed makes the same. */
export async function fillStore(store: Store, sessions: number, what: string): Promise<void> {
  const chance = seeded(what);
  for (let n = 0; n < sessions; n += 1) {
    const odd = ODD_KEYS[n];
    const key = odd === undefined ? `agent:a${n % 3}:slack:channel:c${n}` : `agent:odd:${odd}`;
    await fillSession(store, key, chance);
  }
}

async function fillSession(
  store: Store,
  key: string,
  chance: ReturnType<typeof seeded>,
): Promise<void> {
  const session = store.session(key);
  const entry: Entry = JSON.parse('{"__proto__":{"a":1},"b":{"z":1,"a":[1,{"y":null}]}}');
  await session.update({ ...entry, text: chance.pick(ODD_TEXTS), n: -1e-7, big: 1e21 });
  if (chance.below(2) === 0) await session.update({ shared: SHARED });
  const former: string[] = [];
  for (let conversation = chance.below(4); conversation >= 0; conversation -= 1) {
    await fillTranscript(store, key, chance);
    await session.update({ [chance.pick(ODD_TEXTS)]: conversation });
    if (conversation === 0) break;
    former.push((await session.read())?.sessionId ?? '');
    await session.reset({
      reason: chance.pick(['new', 'daily \u0000', '日']),
      keep: ['shared', 'b'],
    });
  }
  if (former.length > 1) await session.restore(chance.pick(former));
}

async function fillTranscript(
  store: Store,
  key: string,
  chance: ReturnType<typeof seeded>,
): Promise<void> {
  const session = store.session(key);
  const ids: string[] = [];
  for (let left = chance.below(12); left > 0; left -= 1) {
    const kind = chance.below(8);
    const content = { [chance.pick(ODD_TEXTS)]: chance.pick(ODD_TEXTS), at: left };
    if (kind === 0 && ids.length > 0) {
      await session.append({ type: 'leaf', targetId: chance.pick(ids) });
    } else if (kind === 1) {
      await session.append({ type: 'note', appendMode: 'side', content });
    } else if (kind === 2) {
      const timestamp = '2026-01-02T03:04:05.678Z';
      await session.append({ type: 'message', parentId: null, timestamp, content });
    } else if (kind === 3) {
      await session.append({ type: 'blob', text: chance.pick(ODD_TEXTS).repeat(5_000) });
    } else {
      const given = chance.below(2) === 0 ? { id: `given ${left} ${ids.length}` } : {};
      ids.push((await session.append({ type: 'message', content }, given)).id);
    }
  }
}
