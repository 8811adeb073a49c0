import type { SessionsQuery } from '../../wire.ts';
import { COLUMNS, type Column, directionOf, sortedAnew } from './columns.ts';

interface GridHeaderProps {
  query: SessionsQuery;
  onSort: (query: SessionsQuery) => void;
}

/** The names of the columns; a click sorts, a second one turns the order round. */
export function GridHeader({ query, onSort }: GridHeaderProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the grid
    <div class="grid-head" role="rowgroup">
      {/* biome-ignore lint/a11y/useSemanticElements: as the grid */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
      <div class="grid-row" role="row" aria-rowindex={1}>
        {COLUMNS.map((column) => (
          <HeaderCell key={column.id} column={column} query={query} onSort={onSort} />
        ))}
      </div>
    </div>
  );
}

function HeaderCell({ column, query, onSort }: GridHeaderProps & { column: Column }) {
  const { id, name, sort, numbers } = column;
  const direction = directionOf(column, query);
  const mark = { none: '', ascending: ' ↑', descending: ' ↓', other: '' }[direction];
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the grid
    // biome-ignore lint/a11y/useFocusableInteractive: its button has the focus
    <div
      class={`cell cell-${id} ${numbers ? 'is-numbers' : ''}`}
      role="columnheader"
      aria-sort={sort ? direction : undefined}
    >
      {sort ? (
        <button type="button" class="sort" onClick={() => onSort(sortedAnew(query, sort))}>
          {name}
          <span aria-hidden="true">{mark}</span>
        </button>
      ) : (
        name
      )}
    </div>
  );
}
