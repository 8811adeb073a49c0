import { expect, test } from 'vitest';
import { collect, refused } from '../../src/contract/conformance/trial.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { FaultySystem } from './faulty-system.ts';

const KEY = 'agent:main:slack:channel:c024';
/** More than is read on the event loop. */
const text = 'x'.repeat(100_000);

test('C.5 a read whose log is closed while it reads looks again instead of failing', async () => {
  const directory = temporaryDirectory();
  const { store: other } = await openStoreAt(directory);
  const system = new FaultySystem();
  const { store } = await openStoreAt(directory, { system });
  const session = store.session(KEY);
  await session.update({ n: 1 });
  await other.session(KEY).update({ n: 2, text });
  // The reader has begun to read what is new; before it gets there, this store removes the session.
  let goOn = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let held = 0;
  system.intervene = ({ name }) => (name === 'fstat' && held++ === 0 ? { until } : undefined);
  const read = session.read();
  expect(held).toBe(1);
  expect(await session.remove()).toBe(true);
  goOn();
  expect(await read).toBeUndefined();
});

test('C.5 a transcript that is removed while it is looked for is gone, not empty', async () => {
  const directory = temporaryDirectory();
  const { store: other } = await openStoreAt(directory);
  const system = new FaultySystem();
  const { store } = await openStoreAt(directory, { system });
  await other.session(KEY).append({ type: 'note' });
  const transcript = () => collect(store.session(KEY).transcript({ last: 5 }));
  expect(await transcript()).toHaveLength(1);
  // The reader knows which file it wants; before it opens it, the session is removed.
  let removed: Promise<unknown> | undefined;
  system.intervene = ({ name, path }) => {
    if (name !== 'open' || !path.endsWith('.jsonl') || removed) return undefined;
    removed = other.session(KEY).remove();
    return { until: removed };
  };
  await refused('SESSION_GONE', transcript);
  // A session whose first words are still to come is empty, and not gone.
  await other.session(KEY).update({ n: 1 });
  expect(await transcript()).toEqual([]);
});
