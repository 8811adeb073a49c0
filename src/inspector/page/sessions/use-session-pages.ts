import { useEffect, useReducer, useRef } from 'preact/hooks';
import type { SessionsQuery } from '../../wire.ts';
import { useChanges } from '../server/live.ts';
import { SessionPages } from './session-pages.ts';

/**
 * The rows of a query, drawn again whenever they change. While the first rows of another query are
 * on their way, those of the former one stay: a list that empties at every key stroke flickers.
 */
export function useSessionPages(query: SessionsQuery): SessionPages {
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  const next = useRef<SessionPages | undefined>(undefined);
  const shown = useRef<SessionPages | undefined>(undefined);
  const name = JSON.stringify(query);
  if (!next.current || JSON.stringify(next.current.query) !== name) {
    if (next.current !== shown.current) next.current?.close();
    next.current = new SessionPages(query, () => redraw(undefined));
  }
  const ready = next.current.head !== undefined || next.current.problem !== undefined;
  if (ready || !shown.current) {
    if (shown.current !== next.current) shown.current?.close();
    shown.current = next.current;
  }
  useChanges((changed) => {
    next.current?.changed(changed);
  });
  useEffect(
    () => () => {
      next.current?.close();
      shown.current?.close();
    },
    [],
  );
  return shown.current;
}
