import { displayWidth, fitted } from './display-width.ts';

export interface Column {
  /** Printed above the column; no title in any column: no line of titles. */
  title?: string;
  align?: 'left' | 'right';
  /** How far it may be cut when the lines are too wide; the column with the lowest rank is cut first. */
  shrink?: { to: number; cut: 'start' | 'end'; rank: number };
  /** Colours a cell after it was padded. */
  paint?: (cell: string, row: number) => string;
}

const GAP = '  ';

/**
 * Rows as aligned lines without borders, two spaces between the columns, so that a cell can be copied
 * and a line can be taken apart. Cells must be safe already.
 */
export function columnLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  paintTitle: (line: string) => string = (line) => line,
): string[] {
  const titles = columns.map(({ title }) => title ?? '');
  const withTitles = titles.some((title) => title !== '');
  const widths = columns.map((_, at) =>
    [titles, ...rows].reduce((most, row) => Math.max(most, displayWidth(row[at] ?? '')), 0),
  );
  shrink(columns, widths, width);
  const lines = rows.map((cells, row) => lineOf(columns, widths, cells, row));
  return withTitles ? [paintTitle(lineOf(columns, widths, titles)), ...lines] : lines;
}

function shrink(columns: readonly Column[], widths: number[], width: number): void {
  const used = widths.reduce((sum, each) => sum + each, (columns.length - 1) * GAP.length);
  let excess = used - width;
  const ranked = [...columns.entries()].flatMap(([at, { shrink: limit }]) =>
    limit === undefined ? [] : [{ at, ...limit }],
  );
  for (const { at, to } of ranked.sort((a, b) => a.rank - b.rank)) {
    const now = widths[at] ?? 0;
    if (excess <= 0 || now <= to) continue;
    const taken = Math.min(excess, now - to);
    widths[at] = now - taken;
    excess -= taken;
  }
}

function lineOf(
  columns: readonly Column[],
  widths: readonly number[],
  cells: readonly string[],
  row?: number,
): string {
  const parts = columns.map((column, at) => {
    const width = widths[at] ?? 0;
    const cell = fitted(cells[at] ?? '', width, column.shrink?.cut);
    const blanks = ' '.repeat(Math.max(0, width - displayWidth(cell)));
    const last = at === columns.length - 1;
    const padded = column.align === 'right' ? blanks + cell : last ? cell : cell + blanks;
    // Blanks stay blanks, so that those at the end of a line can be left out.
    if (row === undefined || padded.trim() === '') return padded;
    return column.paint?.(padded, row) ?? padded;
  });
  return parts.join(GAP).trimEnd();
}
