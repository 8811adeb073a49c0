/**
 * The saved list: all rows of an agent with the journal positions that they cover, so that a new
 * process begins with one read. Written whole under a new number, never over a file that somebody
 * reads; the checksum in its last line tells a whole one from what a power loss left.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { SessionSummary } from '../../model/state.ts';
import type { System } from '../../system/system.ts';
import { ioError, isMissing } from './io-error.ts';
import type { Positions } from './journal-reader.ts';
import { readFile } from './read-bytes.ts';
import { Slices } from './slices.ts';
import { discard, writeWhole } from './write-whole.ts';

const LIST_NAME = /^list\.(\d{1,15})\.jsonl$/;
const VERSION = 2;
/** Rows in one line, and so parsed at a time: some milliseconds of work. */
const LINE_ROWS = 2_000;

export interface List {
  positions: Positions;
  /** Sessions that were being changed when the list was saved. */
  pending: string[];
  rows: SessionSummary[];
}

interface Head {
  v: number;
  /** The start of the machine during which it was saved. */
  boot: string;
  positions: Positions;
  pending: string[];
}

export class SavedList {
  readonly #system: System;
  readonly #directory: string;

  constructor(system: System, directory: string) {
    this.#system = system;
    this.#directory = directory;
  }

  /** The newest list that is whole; nothing when there is none. */
  async read(): Promise<List | undefined> {
    const newest = this.#numbers().at(-1);
    if (newest === undefined) return undefined;
    const lines = await this.#lines(newest);
    if (!lines) return undefined;
    const head = parse<Head>(lines[0]);
    // Journals are not synced: after a start of the machine their ends may be missing.
    if (head?.v !== VERSION || head.boot !== this.#system.machine.boot) return undefined;
    const rows: SessionSummary[] = [];
    const slices = new Slices(this.#system);
    for (let at = 1; at < lines.length; at++) {
      const batch = parse<SessionSummary[]>(lines[at]);
      if (!batch) return undefined;
      for (const row of batch) rows.push(row);
      if (slices.over) await slices.rest();
    }
    return { positions: head.positions, pending: head.pending, rows };
  }

  async write(
    positions: Positions,
    pending: string[],
    rows: ReadonlyMap<string, SessionSummary>,
  ): Promise<void> {
    const before = this.#numbers();
    const slices = new Slices(this.#system);
    const head: Head = { v: VERSION, boot: this.#system.machine.boot, positions, pending };
    const parts = [`${JSON.stringify(head)}\n`];
    let checksum = crc32(parts[0] as string);
    let line: SessionSummary[] = [];
    const flush = () => {
      const text = `${JSON.stringify(line)}\n`;
      parts.push(text);
      checksum = crc32(text, checksum);
      line = [];
    };
    for (const row of rows.values()) {
      line.push(row);
      if (line.length < LINE_ROWS) continue;
      flush();
      if (slices.over) await slices.rest();
    }
    if (line.length > 0) flush();
    parts.push(`${checksum}\n`);
    const path = join(this.#directory, `list.${(before.at(-1) ?? 0) + 1}.jsonl`);
    await writeWhole(this.#system, path, parts.join(''), false);
    for (const old of before) {
      await discard(this.#system, join(this.#directory, `list.${old}.jsonl`));
    }
  }

  async #lines(number: number): Promise<string[] | undefined> {
    const { fs } = this.#system;
    const path = join(this.#directory, `list.${number}.jsonl`);
    let bytes: Buffer;
    try {
      bytes = await readFile(fs, path);
    } catch (cause) {
      const error = ioError(cause, 'read the saved list');
      // What can not be used is not needed: a scan makes it anew.
      if (isMissing(cause) || error.code === 'UNSAFE_PATH') return undefined;
      throw error;
    }
    const end = bytes.lastIndexOf(10, bytes.length - 2) + 1;
    if (end === 0 || Number(bytes.toString('latin1', end)) !== crc32(bytes.subarray(0, end))) {
      return undefined;
    }
    return bytes.toString('utf8', 0, end - 1).split('\n');
  }

  #numbers(): number[] {
    try {
      return this.#system.fs
        .readdirSync(this.#directory)
        .map((name) => Number(LIST_NAME.exec(name)?.[1] ?? 0))
        .filter((number) => number > 0)
        .sort((a, b) => a - b);
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw ioError(cause, 'look for the saved list');
    }
  }
}

function parse<T>(text: string | undefined): T | undefined {
  try {
    return JSON.parse(text ?? '') as T;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
