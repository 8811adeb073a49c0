import { openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { freshSchema } from './fresh-schema.ts';

const LINES = Array.from({ length: 2_000 }, (_, n) => `line ${n}`);

test('C.8 postgres: figures are of one moment, also while large values appear', async () => {
  const { url, drop } = freshSchema();
  const [store, other] = await Promise.all([openStore(url), openStore(url)]);
  let writing = true;
  const looks: { shown: number; count: number }[] = [];
  const look = async () => {
    while (writing) {
      const { blobs } = await other.figures();
      looks.push({ shown: blobs.biggest.length, count: blobs.count });
    }
  };
  const looking = Promise.all([look(), look(), look()]);
  for (let n = 0; n < 9; n++) {
    const prompts = { lines: [`${n}`, ...LINES] };
    // What only one session has lies in it.
    for (const name of ['one', 'two']) {
      await store.session(`agent:main:x:${name}${n}`).update({ prompts });
    }
  }
  writing = false;
  await looking;
  const { blobs } = await other.figures();
  await Promise.all([store.close(), other.close()]);
  await drop();
  expect(looks.filter(({ shown, count }) => shown !== count)).toEqual([]);
  expect([blobs.count, blobs.biggest.length]).toEqual([9, 9]);
});
