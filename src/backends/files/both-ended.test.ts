import { expect, it } from 'vitest';
import { bothEnded } from './both-ended.ts';

it('a failure is told when the other one has ended, and not before', async () => {
  const order: string[] = [];
  let end = (): void => undefined;
  const other = new Promise<void>((resolve) => {
    end = resolve;
  }).then(() => void order.push('other ended'));
  const both = bothEnded(Promise.reject(new Error('one failed')), other);
  const told = both.catch((error: Error) => void order.push(error.message));
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([]);
  end();
  await told;
  expect(order).toEqual(['other ended', 'one failed']);
});
