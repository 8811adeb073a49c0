import { expect, test } from 'vitest';
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
