import type { Lane } from '../contract/store.ts';
import type { Overview, RowTurn } from '../inspector/index.ts';
import { clockOf, spanOf } from './age.ts';
import { byteSize } from './byte-size.ts';
import { columnLines } from './columns.ts';
import { fitted } from './display-width.ts';
import type { Output } from './output.ts';
import { holderText, turnText } from './rows.ts';
import { safeLine } from './safe-text.ts';

/** What `top` shows at a moment. */
export interface Top {
  location: string;
  kind: string;
  overview: Overview;
  /** Longest first. */
  turns: { key: string; turn: RowTurn }[];
  /** Most updates in the last ten seconds first. */
  movers: { key: string; updates: number }[];
  /** Lanes of this process in which somebody waits. */
  lanes: Lane[];
}

const KEY = { shrink: { to: 20, cut: 'start', rank: 2 } } as const;
const RIGHT = { align: 'right' } as const;

/** The lines of one moment, none of them wider than the output. */
export function topLines(top: Top, { colors, width }: Pick<Output, 'colors' | 'width'>): string[] {
  const { dim, bold } = colors;
  const { overview, turns, movers, lanes } = top;
  const { at } = overview;
  const cut = (line: string) => (width < Number.POSITIVE_INFINITY ? fitted(line, width) : line);
  const head = `${safeLine(top.location)} (${top.kind})  ${clockOf(at)}`;
  const lines = [bold(cut(head)), ...counts(overview).map(cut)];
  const table = (columns: Parameters<typeof columnLines>[0], rows: string[][]) => {
    if (rows.length > 0) lines.push('', ...columnLines(columns, rows, width, dim));
  };
  table(
    [
      { title: 'TURN OF', ...KEY },
      { title: 'TURN', shrink: { to: 8, cut: 'end', rank: 1 } },
      { title: 'HOLDER', shrink: { to: 8, cut: 'end', rank: 3 } },
    ],
    turns.map(({ key, turn }) => [safeLine(key), turnText(turn, at), holderText(turn.holder)]),
  );
  table(
    [
      { title: 'MOST UPDATES', ...KEY },
      { title: 'IN 10 S', ...RIGHT },
    ],
    movers.map(({ key, updates }) => [safeLine(key), updates.toLocaleString('en')]),
  );
  table(
    [
      { title: 'WAITS HERE', ...KEY },
      { title: 'TURNS', ...RIGHT },
      { title: 'SINCE', ...RIGHT },
    ],
    lanes.map(({ key, waiting, oldestWaitMs }) => [
      safeLine(key),
      String(waiting),
      spanOf(oldestWaitMs),
    ]),
  );
  return lines;
}

function counts({ sessions, complete, turns, waiting, updatesPerSecond, bytes }: Overview) {
  const number = (value: number) => value.toLocaleString('en');
  const seen = complete ? '' : ' so far';
  const lines = [
    `sessions ${number(sessions)}${seen}  turns ${number(turns.running)}, cut off ${number(turns.cutOff)}  waiting here ${number(waiting.turns)}  updates ${number(updatesPerSecond)}/s`,
  ];
  if (bytes !== undefined) {
    const { at: _at, ...kinds } = bytes;
    lines.push(
      Object.entries(kinds)
        .map(([kind, size]) => `${kind} ${byteSize(size)}`)
        .join('  '),
    );
  }
  return lines;
}
