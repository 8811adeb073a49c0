import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, type Session } from 'holdfast';
import { expect, test } from 'vitest';
import { assertOneChain, collect } from '../../src/contract/conformance/trial.ts';
import { Child, newDirectory } from './child.ts';
import { seeded } from './seeded.ts';

const KILLS = 40;
const NAMES = ['w0', 'w1', 'w2', 'w3'];
const SHARED = ['agent:main:slack:channel:shared', 'agent:main:telegram:group:shared'];
const ownOf = (name: string) => `agent:main:own:${name}`;

/** What the writers noted of one session: counts, and ids of records. */
interface Noted {
  tried: Record<string, number>;
  acknowledged: Record<string, number>;
  resets: { tried: number; acknowledged: number };
  triedIds: Set<string>;
  acknowledgedIds: Set<string>;
}

function noted(witnesses: Record<string, string>, wanted: string): Noted {
  const all: Noted = {
    tried: {},
    acknowledged: {},
    resets: { tried: 0, acknowledged: 0 },
    triedIds: new Set(),
    acknowledgedIds: new Set(),
  };
  for (const [name, path] of Object.entries(witnesses)) {
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
      const [when, what, key, id = ''] = line.split(' ');
      if (key !== wanted) continue;
      const counts = when === 'try' ? all.tried : all.acknowledged;
      if (what === 'inc') counts[name] = (counts[name] ?? 0) + 1;
      else if (what === 'app') (when === 'try' ? all.triedIds : all.acknowledgedIds).add(id);
      else all.resets[when === 'try' ? 'tried' : 'acknowledged'] += 1;
    }
  }
  return all;
}

/** The ids that callers gave, over all conversations; each conversation is one chain. */
async function givenIds(session: Session): Promise<string[]> {
  const ids: string[] = [];
  const archives = (await session.archives()).map(({ sessionId }) => sessionId);
  for (const sessionId of [undefined, ...archives]) {
    const records = await collect(session.transcript(sessionId ? { sessionId } : {}));
    assertOneChain(records);
    ids.push(...records.map(({ id }) => id).filter((id) => /^w\d-/.test(id)));
  }
  return ids;
}

async function expectNothingLost(session: Session, witnesses: Record<string, string>) {
  const { tried, acknowledged, resets, triedIds, acknowledgedIds } = noted(witnesses, session.key);
  const entry = (await session.read())?.entry ?? {};
  for (const name of NAMES) {
    expect(entry[name] ?? 0).toBeGreaterThanOrEqual(acknowledged[name] ?? 0);
    expect(entry[name] ?? 0).toBeLessThanOrEqual(tried[name] ?? 0);
  }
  // The common counter agrees with those of the writers: no increment took another one back.
  expect(entry.n).toBe(NAMES.reduce((sum, name) => sum + (entry[name] ?? 0), 0));
  const ids = await givenIds(session);
  expect(new Set(ids).size).toBe(ids.length);
  const found = new Set(ids);
  expect([...acknowledgedIds].filter((id) => !found.has(id))).toEqual([]);
  expect(ids.filter((id) => !triedIds.has(id))).toEqual([]);
  const count = (await session.archives()).length;
  expect(count).toBeGreaterThanOrEqual(resets.acknowledged);
  expect(count).toBeLessThanOrEqual(resets.tried);
  return acknowledgedIds.size + Object.values(acknowledged).reduce((sum, n) => sum + n, 0);
}

test(`C.14 ${KILLS} random kills of four writers lose nothing that was acknowledged`, {
  timeout: 240_000,
}, async () => {
  const { below } = seeded('campaign');
  const directory = newDirectory();
  const notes = newDirectory();
  const witnesses = Object.fromEntries(NAMES.map((name) => [name, join(notes, name)]));
  const start = (name: string) => {
    const words = [directory, witnesses[name] as string, name, String(below(2 ** 31))];
    return new Child('victim', { words: [...words, ...SHARED, ownOf(name)] });
  };
  const writers = NAMES.map(start);
  for (let kills = 0; kills < KILLS; kills += 1) {
    const which = below(NAMES.length);
    const victim = writers[which] as Child;
    await victim.said('works');
    await new Promise((resolve) => setTimeout(resolve, below(250)));
    await victim.kill();
    writers[which] = start(NAMES[which] as string);
  }
  await Promise.all(writers.map((writer) => writer.said('works')));
  await Promise.all(writers.map((writer) => writer.kill()));

  const store = await openStore(directory, { onWarning: () => undefined });
  let acknowledged = 0;
  for (const key of [...SHARED, ...NAMES.map(ownOf)]) {
    acknowledged += await expectNothingLost(store.session(key), witnesses);
    await store.session(key).turn(() => 'free', { whenBusy: 'reject' });
  }
  const { ok, problems } = await store.verify();
  expect(problems.filter(({ severity }) => severity === 'damage')).toEqual([]);
  expect(ok).toBe(true);
  const listed = await collect(store.list());
  expect(listed.map(({ key }) => key).sort()).toEqual([...SHARED, ...NAMES.map(ownOf)].sort());
  await store.close();
  console.log(`${KILLS} kills, ${acknowledged} acknowledged writes, none lost`);
  expect(acknowledged).toBeGreaterThan(KILLS * 4);
});
