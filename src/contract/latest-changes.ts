import type { Change } from '../model/state.ts';

/**
 * Where changes come from. `hear` is told each; `fail` once, when nothing can be heard any more. The
 * returned function ends it.
 */
export type Begin = (hear: (change: Change) => void, fail: (error: unknown) => void) => () => void;

/**
 * Changes as a watcher is told them: heard from the call on, not from the first `next`. What nobody
 * has fetched yet is kept once a key, as its last change, so that a slow reader costs no more than
 * the sessions that changed.
 */
export function latestChanges(begin: Begin, signal: AbortSignal): AsyncIterable<Change> {
  const unread = new Map<string, Change>();
  let stopped = signal.aborted;
  let failure: { error: unknown } | undefined;
  let wake: (() => void) | undefined;
  let leave = (): void => undefined;
  const stop = () => {
    stopped = true;
    leave();
    signal.removeEventListener('abort', stop);
    wake?.();
  };
  if (!stopped) {
    signal.addEventListener('abort', stop);
    leave = begin(
      (change) => {
        unread.delete(change.key);
        unread.set(change.key, change);
        wake?.();
      },
      (error) => {
        failure = { error };
        wake?.();
      },
    );
  }

  async function* changes(): AsyncGenerator<Change, void> {
    while (!stopped) {
      const [first] = unread.values();
      if (first) {
        unread.delete(first.key);
        yield first;
      } else if (failure) {
        stop();
        throw failure.error;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  const iterator = changes();
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => iterator.next(),
      return() {
        stop();
        return iterator.return();
      },
    }),
  };
}
