/** Whoever works on a session keeps everybody else out of it, however they came by its files. */
import { expect, onTestFinished, test } from 'vitest';
import { type Call, FaultySystem, isWrite } from '../faults/faulty-system.ts';
import { until } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';
/** Too large to be written on the event loop: its commit can be kept waiting in the middle. */
const LARGE = { text: 'x'.repeat(100_000) };

const onLog = (call: Call) => isWrite(call) && /\/meta\.\d+\.jsonl$/.test(call.path);

/** Two stores on one root, both watched. */
async function twoStores() {
  const root = temporaryDirectory();
  const [one, two] = [new FaultySystem(), new FaultySystem()];
  const first = await openStoreAt(root, { system: one });
  const second = await openStoreAt(root, { system: two });
  return { one, two, first: first.store.session(KEY), second: second.store.session(KEY) };
}

/** Keeps the next asynchronous write to a log waiting; `finish` lets it go on. */
function holdLog(system: FaultySystem) {
  let finish = (): void => undefined;
  const disk = new Promise<void>((resolve) => {
    finish = resolve;
  });
  // Also when the test has failed: a store that is being closed waits for its commits.
  onTestFinished(() => finish());
  system.forget();
  system.intervene = (call) => (call.name === 'write' && onLog(call) ? { until: disk } : undefined);
  const begun = () => system.calls.some((call) => call.name === 'write' && onLog(call));
  return { finish, begun };
}

/** Waits until a store that is kept out has tried several times, or came in. */
async function triedOrWrote(system: FaultySystem): Promise<Call[]> {
  const tries = () => system.names.filter((name) => name === 'tryLock').length;
  await until('it tries', () => tries() > 3 || system.calls.some(onLog));
  return system.calls.filter(onLog);
}

test('C.6 a commit that takes long keeps the other store out, and both are there afterwards', async () => {
  const { one, two, first, second } = await twoStores();
  await first.update({ n: 0 });
  await second.update({ n: 1 });
  const { finish, begun } = holdLog(one);
  const large = first.update(LARGE);
  await until('the first writes', begun);
  two.forget();
  const small = second.update({ n: 2 });
  expect(await triedOrWrote(two)).toEqual([]);
  finish();
  await Promise.all([large, small]);
  expect(await first.read()).toMatchObject({ rev: 4, entry: { n: 2, ...LARGE } });
});

test('C.6 a lock of a session that was removed and made anew elsewhere keeps nobody out, and lets nobody in', async () => {
  const { one, two, first, second } = await twoStores();
  // The first has the files of a session open that the second removes.
  await first.update({ n: 0 });
  await second.remove();
  await second.update({ n: 1 });
  const { finish, begun } = holdLog(two);
  const large = second.update(LARGE);
  await until('the second writes', begun);
  one.forget();
  const small = first.update({ n: 2 });
  expect(await triedOrWrote(one)).toEqual([]);
  finish();
  await Promise.all([large, small]);
  expect(await second.read()).toMatchObject({ rev: 3, entry: { n: 2, ...LARGE } });
});

test('C.3 a condition that held when it was asked for and no longer holds inside is refused', async () => {
  const { one, two, first, second } = await twoStores();
  await first.update({ n: 0 });
  const { finish, begun } = holdLog(one);
  const large = first.update(LARGE);
  await until('the first writes', begun);
  two.forget();
  // As far as the second can see, the revision is still 1.
  const late = second.update({ n: 2 }, { ifRev: 1 });
  const outcome = expect(late).rejects.toMatchObject({ code: 'REV_CONFLICT' });
  expect(await triedOrWrote(two)).toEqual([]);
  finish();
  await Promise.all([large, outcome]);
  expect((await first.read())?.entry).toMatchObject({ n: 0, ...LARGE });
});
