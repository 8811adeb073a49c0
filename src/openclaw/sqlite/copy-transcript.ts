/**
 * The rows of a transcript, appended to the conversation that they belong to, each once however often
 * a run is cut off. What a former run has written is the beginning of what there is to write, in the
 * same order: it is passed over by its ids, and the rest follows.
 *
 * Several records are on their way at a time, as many as {@link WAITING} says: with `power`
 * durability they share a sync.
 */
import type { Backend } from '../../contract/backend.ts';
import { LIMITS } from '../../model/limits.ts';
import type { NewRecord } from '../../model/state.ts';
import { Unreadable } from './database.ts';
import { type EventContent, recordOf } from './event-record.ts';
import type { EventRow } from './session-tables.ts';
import type { SqlitePackages } from './sqlite-package.ts';

/** Fewer: a sync for each handful of records. More: memory for records that only wait. */
const WAITING = { records: 256, characters: 1_048_576 };
/** The first so many rows that can not be read are told of one by one. */
const DAMAGE_TOLD = 3;

export interface TranscriptCopy {
  backend: Backend;
  key: string;
  sessionId: string;
  rows: Iterable<EventRow>;
  decompress: SqlitePackages['decompress'];
  /** Throws when the rows read until now may not be those of one state. */
  check(): void;
  /** A former run may have written some of it. */
  begun: boolean;
  signal: AbortSignal | undefined;
}

export interface TranscriptCopied {
  /** Records that were written now. */
  records: number;
  /** Rows that are no records, in a sentence; `undefined` when there are none. */
  damage: string | undefined;
}

export async function copyTranscript(copy: TranscriptCopy): Promise<TranscriptCopied> {
  const there = copy.begun ? await BegunTranscript.open(copy) : undefined;
  const ids = new RecentIds();
  const damaged: string[] = [];
  let damages = 0;
  let records = 0;
  let waiting: Appended[] = [];
  let characters = 0;
  const tell = (what: string) => {
    damages += 1;
    if (damages <= DAMAGE_TOLD) damaged.push(what);
  };
  const send = async () => {
    copy.check();
    copy.signal?.throwIfAborted();
    const sent = waiting;
    waiting = [];
    characters = 0;
    records += await append(copy, sent);
  };
  try {
    for (const row of readable(copy.rows, tell)) {
      const content: EventContent = recordOf(row, copy.decompress);
      if ('damage' in content) {
        tell(`row ${row.seq}: ${content.damage}`);
      } else if (!('header' in content)) {
        const id = ids.unique(content.id, row.seq);
        if (there !== undefined && (await there.passes(id))) continue;
        waiting.push({ record: content.record, id });
        characters += content.bytes;
        if (waiting.length >= WAITING.records || characters >= WAITING.characters) await send();
      }
    }
    await send();
  } finally {
    await there?.close();
  }
  const more = damages > DAMAGE_TOLD ? `, and ${damages - DAMAGE_TOLD} more` : '';
  const damage =
    damages === 0
      ? undefined
      : `${damages} rows of its transcript are not taken over: ${damaged.join(', ')}${more}`;
  return { records, damage };
}

/** The rows up to a damage of the file, if there is one. */
function* readable(rows: Iterable<EventRow>, tell: (damage: string) => void): Generator<EventRow> {
  let last = 'the beginning';
  try {
    for (const row of rows) {
      last = `row ${row.seq}`;
      yield row;
    }
  } catch (error) {
    if (!(error instanceof Unreadable && error.isDamage)) throw error;
    tell(`all after ${last}: ${error.message}`);
  }
}

interface Appended {
  record: NewRecord;
  id: string;
}

/** Nothing is made anew and nothing goes elsewhere, whatever others do in the store. */
async function append(
  { backend, key, sessionId }: TranscriptCopy,
  records: readonly Appended[],
): Promise<number> {
  const guard = { ifExists: true, ifSessionId: sessionId };
  const done = records.map(({ record, id }) => backend.append(key, record, { id }, guard));
  for (const end of await Promise.allSettled(done)) {
    if (end.status === 'rejected') throw end.reason;
  }
  return records.length;
}

/** Ids as a store wants them: one for each record, and the same ones at every run. */
class RecentIds {
  readonly #seen = new Set<string>();

  /** A row without an id gets one by its place, and so does one whose id was there before. */
  unique(id: string | undefined, seq: number): string {
    const unique = id === undefined || this.#seen.has(id) ? `row-${seq}` : id;
    this.#seen.add(unique);
    // As many as a back end looks through for an id that comes again.
    if (this.#seen.size > LIMITS.recordIdsRemembered) {
      this.#seen.delete(this.#seen.values().next().value as string);
    }
    return unique;
  }
}

/** What a former run has written, read beside the rows. */
class BegunTranscript {
  readonly #records: AsyncIterator<{ id: string }>;
  #next: string | undefined;

  private constructor(records: AsyncIterator<{ id: string }>, first: string | undefined) {
    this.#records = records;
    this.#next = first;
  }

  static async open({ backend, key, sessionId }: TranscriptCopy): Promise<BegunTranscript> {
    const range = { sessionId, onDamage: 'skip' } as const;
    const records = backend.transcript(key, range)[Symbol.asyncIterator]();
    const first = await records.next();
    return new BegunTranscript(records, first.done ? undefined : first.value.id);
  }

  /** Whether this is the record that comes next. At the first one that is not, the rest is new. */
  async passes(id: string): Promise<boolean> {
    if (this.#next !== id) {
      this.#next = undefined;
      return false;
    }
    const next = await this.#records.next();
    this.#next = next.done ? undefined : next.value.id;
    return true;
  }

  async close(): Promise<void> {
    await this.#records.return?.();
  }
}
