import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { SessionsQuery } from '../../wire.ts';
import { useMedia } from '../browser/use-media.ts';
import { useNow } from '../browser/use-now.ts';
import { COLUMNS } from './columns.ts';
import { GridHeader } from './grid-header.tsx';
import { SessionGridRow } from './session-grid-row.tsx';
import type { SessionPages } from './session-pages.ts';
import { useGridKeys } from './use-grid-keys.ts';
import { useVirtualRows } from './use-virtual-rows.ts';

const HEADER_HEIGHT = 36;
const ROW_HEIGHT = 52;
/** On a phone a row has three lines. */
const TALL_ROW_HEIGHT = 84;

/** Where the list of each query was left, so that coming back from a session is coming back there. */
const left = new Map<string, { offset: number; active: string | undefined }>();

interface SessionsGridProps {
  pages: SessionPages;
  onSort: (query: SessionsQuery) => void;
}

/** The table. Its rows are drawn only where they can be seen. */
export function SessionsGrid({ pages, onSort }: SessionsGridProps) {
  const now = useNow();
  const name = JSON.stringify(pages.query);
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = useMedia('(max-width: 720px)');
  const virtual = useVirtualRows({
    count: pages.total,
    rowHeight: narrow ? TALL_ROW_HEIGHT : ROW_HEIGHT,
    headerHeight: narrow ? 0 : HEADER_HEIGHT,
    scroller,
    initialOffset: left.get(name)?.offset ?? 0,
  });
  const keys = useGridKeys(pages, virtual, scroller, left.get(name)?.active);
  const { active, onKeyDown, choose } = keys;
  useKeptPlace(name, virtual, keys.activeKey);

  const rows = virtual.getVirtualItems();
  const first = rows[0]?.index ?? 0;
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => pages.show(first, last), [pages, pages.head, first, last]);
  const drawn = active !== undefined && active >= first && active <= last;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual table stand at places of their own, which a table element does not let them
    <div
      ref={scroller}
      class="grid"
      role="grid"
      tabIndex={0}
      aria-label="Sessions"
      aria-rowcount={pages.total + 1}
      aria-colcount={COLUMNS.length}
      aria-activedescendant={drawn ? `row-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <GridHeader query={pages.query} onSort={onSort} />
      {/* biome-ignore lint/a11y/useSemanticElements: as the grid */}
      <div class="grid-body" role="rowgroup" style={{ height: `${virtual.getTotalSize()}px` }}>
        {rows.map(({ index, start }) => (
          <SessionGridRow
            key={index}
            index={index}
            start={start}
            row={pages.rowAt(index)}
            flash={pages.flashOf(pages.rowAt(index)?.key ?? '')}
            active={index === active}
            now={now}
            onChoose={choose}
          />
        ))}
      </div>
      {pages.head?.total === 0 && <p class="grid-empty quiet">No session fits.</p>}
    </div>
  );
}

/** Keeps where the list stands, and goes to the top when another query is shown. */
function useKeptPlace(
  name: string,
  virtual: ReturnType<typeof useVirtualRows>,
  active: string | undefined,
): void {
  const shown = useRef(name);
  useLayoutEffect(() => {
    if (shown.current === name) return;
    shown.current = name;
    virtual.scrollToOffset(0);
  }, [name, virtual]);
  useEffect(() => {
    left.set(name, { offset: virtual.scrollOffset ?? 0, active });
  });
}
