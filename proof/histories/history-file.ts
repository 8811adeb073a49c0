/** The file in which a process notes its calls, read while it grows and after its end. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Call, Deed } from './history.ts';

const TOLD = '["to"';

type Line =
  | ['from', string, number, string[], Deed]
  | ['to', string, number, Deed['out'][]]
  /** It failed, and nobody knows what it did. */
  | ['unknown', string, number]
  /** It failed, and says that it changed nothing. */
  | ['not', string];

export class HistoryFile {
  readonly path: string;
  #bytes = 0;
  #calls = 0;

  constructor(path: string) {
    this.path = path;
    closeSync(openSync(path, 'a'));
  }

  /** How many calls were told so far. */
  count(): number {
    const fd = openSync(this.path, 'r');
    try {
      const chunk = Buffer.alloc(65_536);
      for (;;) {
        const read = readSync(fd, chunk, 0, chunk.length, this.#bytes);
        // Only whole lines, so that none is counted by half.
        const end = chunk.subarray(0, read).lastIndexOf(10) + 1;
        if (end === 0) return this.#calls;
        this.#bytes += end;
        this.#calls += chunk.toString('latin1', 0, end).split(TOLD).length - 1;
      }
    } finally {
      closeSync(fd);
    }
  }

  /** Sorts the calls by session; `deaths` says when the process of each start was seen to be dead. */
  read(process: string, deaths: readonly number[], histories: Map<string, Call[]>): void {
    const text = readFileSync(this.path, 'utf8');
    const open = new Map<string, Call[]>();
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      if (line === '') continue;
      const noted = JSON.parse(line) as Line;
      if (noted[0] === 'from') {
        const [, id, from, keys, deed] = noted;
        const to = deaths[Number(id.split('.')[0])] as number;
        const calls = keys.map((key): Call => ({ key, process, from, to, deed }));
        open.set(id, calls);
        continue;
      }
      const [what, id, to, outs] = noted;
      const calls = open.get(id) as Call[];
      open.delete(id);
      if (what === 'not') continue;
      calls.forEach((call, i) => {
        call.to = to;
        if (what === 'to') call.deed = { ...call.deed, out: outs[i] } as Deed;
        histories.get(call.key)?.push(call);
      });
    }
    for (const call of [...open.values()].flat()) histories.get(call.key)?.push(call);
  }
}
