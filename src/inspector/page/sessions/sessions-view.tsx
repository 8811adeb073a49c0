import { useEffect, useRef } from 'preact/hooks';
import type { SessionsQuery } from '../../wire.ts';
import { goTo } from '../browser/route.ts';
import { isTyping } from '../shell/is-typing.ts';
import { ProblemNote } from '../shell/problem-note.tsx';
import { count } from '../text/number-text.ts';
import { Filters } from './filters.tsx';
import type { SessionPages } from './session-pages.ts';
import { SessionsGrid } from './sessions-grid.tsx';
import { useSessionPages } from './use-session-pages.ts';

/** All sessions: search, filters and the table. The query lives in the address. */
export function SessionsView({ query }: { query: SessionsQuery }) {
  const pages = useSessionPages(query);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event)) return;
      event.preventDefault();
      search.current?.focus();
      search.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const change = (next: SessionsQuery): void => goTo({ view: 'sessions', query: next }, true);
  return (
    <>
      <h1 class="only-read">Sessions</h1>
      <Filters query={query} head={pages.head} search={search} onChange={change} />
      {pages.problem && <ProblemNote problem={pages.problem} />}
      <p class="found quiet" role="status" data-testid="found">
        {foundText(pages)}
      </p>
      <SessionsGrid pages={pages} onSort={change} />
    </>
  );
}

function foundText({ head }: SessionPages): string {
  if (!head) return 'Looking…';
  const { total, all, complete } = head;
  const shown =
    total === all ? `${count(all)} sessions` : `${count(total)} of ${count(all)} sessions`;
  return complete ? shown : `${shown} so far…`;
}
