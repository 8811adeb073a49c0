import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

interface VirtualRows {
  count: number;
  /** Pixels; the same for every row. */
  rowHeight: number;
  scroller: RefObject<HTMLElement>;
  /** Pixels of the header that covers the first of the scrolled. */
  headerHeight: number;
  /** Where to begin, in pixels. */
  initialOffset: number;
}

/** The rows that can be seen, of as many as there are: virtual-core, drawn by Preact. */
export function useVirtualRows(rows: VirtualRows): Virtualizer<HTMLElement, HTMLElement> {
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  const options: VirtualizerOptions<HTMLElement, HTMLElement> = {
    count: rows.count,
    estimateSize: () => rows.rowHeight,
    getScrollElement: () => rows.scroller.current,
    scrollPaddingStart: rows.headerHeight,
    overscan: 8,
    initialOffset: rows.initialOffset,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  // Another height makes all places wrong.
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rows.rowHeight]);
  return virtualizer;
}
