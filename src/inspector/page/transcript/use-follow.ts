import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TranscriptWindow } from './transcript-window.ts';

/** Pixels from the edge at which a reader counts as being there. */
const NEAR = 40;
const NEAR_TOP = 400;

/**
 * Follows the end while the reader is at it, keeps the place when something is put in above, and
 * counts what arrived below when the reader is elsewhere.
 */
export function useFollow(scroller: RefObject<HTMLElement>, window: TranscriptWindow | undefined) {
  const [unseen, setUnseen] = useState(0);
  const atEnd = useRef(true);
  const before = useRef<{ first?: number; last?: number; fromEnd: number }>({ fromEnd: 0 });
  const records = window?.records ?? [];
  const first = records[0]?.seq;
  const last = records.at(-1)?.seq;

  // Only other records move the reader.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const former = before.current;
    if (atEnd.current) {
      element.scrollTop = element.scrollHeight;
    } else {
      if (former.first !== undefined && first !== former.first) {
        element.scrollTop = element.scrollHeight - former.fromEnd;
      }
      const since = former.last ?? Number.POSITIVE_INFINITY;
      const arrived = records.filter(({ seq }) => seq > since).length;
      if (arrived > 0) setUnseen((count) => count + arrived);
    }
    before.current = {
      ...(first !== undefined && { first }),
      ...(last !== undefined && { last }),
      fromEnd: element.scrollHeight - element.scrollTop,
    };
  }, [window, first, last]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    before.current.fromEnd = scrollHeight - scrollTop;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
    if (atEnd.current) {
      setUnseen(0);
      window?.trim();
    } else if (scrollTop < NEAR_TOP) {
      void window?.earlier();
    }
  };
  const toEnd = (): void => {
    atEnd.current = true;
    setUnseen(0);
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  };
  return { unseen, onScroll, toEnd };
}
