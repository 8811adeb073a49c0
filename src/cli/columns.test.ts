import { describe, expect, it } from 'vitest';
import { columnLines } from './columns.ts';

describe('columnLines', () => {
  it('aligns cells by what they take on the screen and leaves no blanks at the end', () => {
    expect(
      columnLines(
        [{ title: 'KEY' }, { title: 'REV', align: 'right' }, { title: 'TURN' }],
        [
          ['日本', '7', ''],
          ['abc', '120', 'reply'],
        ],
        80,
      ),
    ).toEqual(['KEY   REV  TURN', '日本    7', 'abc   120  reply']);
  });

  it('has no line of titles when no column has one', () => {
    expect(columnLines([{}, {}], [['a', 'b']], 80)).toEqual(['a  b']);
    expect(columnLines([{}], [], 80)).toEqual([]);
  });

  it('cuts the columns that may be cut, the lowest rank first', () => {
    const columns = [
      { shrink: { to: 4, cut: 'start' as const, rank: 2 } },
      { shrink: { to: 3, cut: 'end' as const, rank: 1 } },
      {},
    ];
    const rows = [['abcdefgh', 'ABCDEFGH', 'xyz']];
    expect(columnLines(columns, rows, 23)).toEqual(['abcdefgh  ABCDEFGH  xyz']);
    expect(columnLines(columns, rows, 20)).toEqual(['abcdefgh  ABCD…  xyz']);
    expect(columnLines(columns, rows, 16)).toEqual(['…defgh  AB…  xyz']);
    expect(columnLines(columns, rows, 5)).toEqual(['…fgh  AB…  xyz']);
  });

  it('paints cells after they were measured', () => {
    const bold = (cell: string) => `<b>${cell}</b>`;
    expect(
      columnLines(
        [{ paint: bold }, {}],
        [
          ['a', 'x'],
          ['bcd', 'y'],
        ],
        80,
      ),
    ).toEqual(['<b>a  </b>  x', '<b>bcd</b>  y']);
    const rows = [
      ['a', ''],
      ['b', 'x'],
    ];
    expect(columnLines([{}, { paint: bold }], rows, 80)).toEqual(['a', 'b  <b>x</b>']);
  });

  it('takes a hundred thousand rows', () => {
    const rows = Array.from({ length: 100_000 }, (_, at) => [String(at)]);
    expect(columnLines([{}], rows, 80)).toHaveLength(100_000);
  });
});
