import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { problemOf, type RefusedError } from './ask.ts';

interface State<T> {
  value?: T;
  problem?: RefusedError;
}

/** An answer on its way: the last one is kept while the next is fetched. */
export interface Answer<T> extends State<T> {
  /** Asks again. */
  reload(): void;
}

/**
 * Asks when the component appears and whenever one of `inputs` changes; a later answer wins. What is
 * to be asked again while a question is out is asked once more after its answer: a store that
 * changes faster than the server answers is shown as well.
 */
export function useAnswer<T>(
  question: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[],
): Answer<T> {
  const [state, setState] = useState<State<T>>({});
  const latest = useRef(question);
  latest.current = question;
  const running = useRef<AbortController | undefined>(undefined);
  const again = useRef(false);

  const begin = useCallback(() => {
    running.current?.abort();
    again.current = false;
    const own = new AbortController();
    running.current = own;
    const taken = (next: (former: State<T>) => State<T>): void => {
      if (own.signal.aborted) return;
      running.current = undefined;
      setState(next);
      if (again.current) begin();
    };
    latest.current(own.signal).then(
      (value) => taken(() => ({ value })),
      (cause) => {
        const problem = problemOf(cause);
        // An answer that is there stays: the banner tells that the server is away.
        const keep = problem.code === 'UNREACHABLE';
        taken((former) => (keep ? { ...former, problem } : { problem }));
      },
    );
  }, []);
  const reload = useCallback(() => {
    if (running.current) again.current = true;
    else begin();
  }, [begin]);

  // What the question depends on is the caller's to say.
  useEffect(() => {
    setState({});
    begin();
    return () => running.current?.abort();
  }, [begin, ...inputs]);
  return { ...state, reload };
}
