import type { Virtualizer } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { goTo } from '../browser/route.ts';
import { isTyping } from '../shell/is-typing.ts';
import type { SessionPages } from './session-pages.ts';

const PAGE_STEP = 10;
const STEPS: Record<string, number> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  PageDown: PAGE_STEP,
  PageUp: -PAGE_STEP,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** A row: its session, or its place while the session there is fetched. */
interface Mark {
  key?: string | undefined;
  index?: number;
}

/** Moves a mark through the table; `j` and `k` do so wherever the focus is. */
export function useGridKeys(
  pages: SessionPages,
  virtual: Virtualizer<HTMLElement, HTMLElement>,
  scroller: RefObject<HTMLElement>,
  initial: string | undefined,
) {
  const [mark, setMark] = useState<Mark | undefined>(initial ? { key: initial } : undefined);
  // Rows move while somebody looks at them: the mark stays with its session, not with its place.
  const place = mark?.key === undefined ? undefined : pages.placeOf(mark.key);
  const active = place ?? mark?.index;
  const setActive = (index: number): void => setMark({ index, key: pages.rowAt(index)?.key });
  const open = (index: number): void => {
    const row = pages.rowAt(index);
    if (row) goTo({ view: 'session', key: row.key });
  };
  const move = (step: number): void => {
    if (pages.total === 0) return;
    // The first key of all shows where the mark is.
    const from = active ?? (step > 0 ? -1 : 0);
    const next = Math.min(pages.total - 1, Math.max(0, from + step));
    setActive(next);
    virtual.scrollToIndex(next);
    // From here on the keys are those of the mark, not of a header that was clicked before.
    scroller.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isTyping(event) || onControl(event)) return;
    const step = STEPS[event.key];
    if (step !== undefined) move(step);
    else if (event.key === 'Enter' && active !== undefined) open(active);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    const onPage = (event: KeyboardEvent): void => {
      if ((event.key !== 'j' && event.key !== 'k') || isTyping(event)) return;
      if (scroller.current?.contains(event.target as Node)) return;
      onKeyDown(event);
    };
    addEventListener('keydown', onPage);
    return () => removeEventListener('keydown', onPage);
  });
  const choose = (index: number): void => {
    setActive(index);
    open(index);
  };
  return { active, activeKey: mark?.key, onKeyDown, choose };
}

/** Enter on a header sorts by it. */
function onControl(event: KeyboardEvent): boolean {
  return (
    event.key === 'Enter' && event.target instanceof Element && event.target.matches('button, a')
  );
}
