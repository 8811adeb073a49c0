import type { SessionSize } from '../contract/store.ts';
import type { SessionSummary } from '../model/state.ts';
import { Tally } from './tally.ts';
import type { RowTurn } from './wire.ts';

/** What is kept of each session, so that nothing has to be read to list, sort and search. */
export interface KeptRow {
  readonly summary: SessionSummary;
  /** Key and label in lower case, in which is searched. */
  readonly text: string;
  turn?: RowTurn;
  /** Found out when the row was shown; forgotten when the session changes. */
  size?: SessionSize;
}

/** All rows by key, with what is counted over all of them. */
export class RowTable {
  readonly rows = new Map<string, KeptRow>();
  /** Keys of the rows that have a turn. */
  readonly turns = new Set<string>();
  readonly agents = new Tally();
  readonly channels = new Tally();
  /** One up at every change of a row. */
  version = 0;

  /** Takes what is known now in the place of what was known before. */
  put(summary: SessionSummary, turn: RowTurn | undefined): void {
    const { key, label } = summary;
    const before = this.rows.get(key);
    if (before === undefined || !sameNames(before.summary, summary)) {
      if (before !== undefined) this.#count(before.summary, -1);
      this.#count(summary, 1);
    }
    const known = before?.summary.label === label ? before?.text : undefined;
    const text = known ?? `${key}\n${label ?? ''}`.toLowerCase();
    this.rows.set(key, turn === undefined ? { summary, text } : { summary, text, turn });
    if (turn === undefined) this.turns.delete(key);
    else this.turns.add(key);
    this.version += 1;
  }

  remove(key: string): void {
    const before = this.rows.get(key);
    if (before === undefined) return;
    this.#count(before.summary, -1);
    this.rows.delete(key);
    this.turns.delete(key);
    this.version += 1;
  }

  /** The session can not be read: what is known of it stays, but for its turn. */
  doubt(key: string): void {
    const row = this.rows.get(key);
    if (row?.turn === undefined || row.turn.status === 'unknown') return;
    row.turn = { ...row.turn, status: 'unknown' };
    this.version += 1;
  }

  #count(summary: SessionSummary, by: 1 | -1): void {
    this.agents.add(summary.agentId, by);
    this.channels.add(summary.channel, by);
  }
}

function sameNames(a: SessionSummary, b: SessionSummary): boolean {
  return a.agentId === b.agentId && a.channel === b.channel;
}
