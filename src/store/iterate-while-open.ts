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
        // No `async`: a listing takes thousands of these, and each costs little else.
        next() {
          if (!life.open) return end().then(() => Promise.reject(life.refusal()));
          try {
            inner ??= start()[Symbol.asyncIterator]();
            return life.track(inner.next());
          } catch (error) {
            return Promise.reject(error);
          }
        },
        return: end,
      };
    },
  };
}
