import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { problemOf, type RefusedError } from './ask.ts';

/** An answer on its way: the last one is kept while the next is fetched. */
export interface Answer<T> {
  value?: T;
  problem?: RefusedError;
  /** Asks again. */
  reload(): void;
}

/** Asks when the component appears and whenever one of `inputs` changes; a later answer wins. */
export function useAnswer<T>(
  question: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[],
): Answer<T> {
  const [state, setState] = useState<{ value?: T; problem?: RefusedError }>({});
  const latest = useRef(question);
  latest.current = question;
  const running = useRef<AbortController | undefined>(undefined);

  const reload = useCallback(() => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    latest.current(own.signal).then(
      (value) => !own.signal.aborted && setState({ value }),
      (cause) => {
        if (own.signal.aborted) return;
        const problem = problemOf(cause);
        // An answer that is there stays: the banner tells that the server is away.
        const keep = problem.code === 'UNREACHABLE';
        setState((former) => (keep ? { ...former, problem } : { problem }));
      },
    );
  }, []);

  // What the question depends on is the caller's to say.
  useEffect(() => {
    setState({});
    reload();
    return () => running.current?.abort();
  }, [reload, ...inputs]);
  return { ...state, reload };
}
