import type { Lifecycle } from './lifecycle.ts';

/**
 * An iteration that begins at the first `next`, and that a closed store refuses to go on with. What
 * is wrong with its options is told at the first `next`, too.
 */
export function iterateWhileOpen<T>(
  life: Lifecycle,
  start: () => AsyncIterable<T>,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      let inner: AsyncIterator<T> | undefined;
      const end = async (): Promise<IteratorResult<T>> => {
        await inner?.return?.();
        return { done: true, value: undefined };
      };
      return {
        async next() {
          if (!life.open) await end();
          life.check();
          inner ??= start()[Symbol.asyncIterator]();
          return life.track(inner.next());
        },
        return: end,
      };
    },
  };
}
