/** Waiting, as a value that tests replace. */
export interface Timers {
  /** Calls back once; the returned function takes it back. Keeps the process alive while pending. */
  after(ms: number, call: () => void): () => void;
  /** Calls back again and again; does not keep the process alive. */
  every(ms: number, call: () => void): () => void;
  /** Calls back once the event loop has served what is due. */
  soon(call: () => void): void;
}

export const realTimers: Timers = {
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  every(ms, call) {
    const timer = setInterval(call, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  soon(call) {
    setImmediate(call);
  },
};

/** Resolves after `ms`, or at once when the signal is aborted. */
export function pause(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = timers.after(ms, end);
    signal?.addEventListener('abort', end);
  });
}

/** Resolves in the next round of the event loop, so that a long scan holds it in slices only. */
export function breathe(timers: Timers): Promise<void> {
  return new Promise((resolve) => timers.soon(resolve));
}
