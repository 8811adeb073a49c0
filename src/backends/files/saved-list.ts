/**
 * The saved list: all rows of an agent with the journal positions that they cover, so that a new
 * process begins with one read. Written whole under a new number, never over a file that somebody
 * reads; the checksum in its last line tells a whole one from what a power loss left.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { isPlainObject } from '../../model/plain-object.ts';
import type { SessionSummary } from '../../model/state.ts';
import type { System } from '../../system/system.ts';
import { ioError, isForeign, isMissing } from './io-error.ts';
import type { Positions } from './journal-reader.ts';
import { readFile } from './read-bytes.ts';
import { Slices } from './slices.ts';
import { discard, writeWhole } from './write-whole.ts';

const LIST_NAME = /^list\.(\d{1,15})\.jsonl$/;
const VERSION = 2;
/** Rows in one line, and so parsed at a time: some milliseconds of work. */
const LINE_ROWS = 2_000;
/** Bytes that are checked at a time: some hundred microseconds of work. */
const CHECKED_BYTES = 1_048_576;

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

/** A million sessions. A file that somebody has made larger takes no memory: a scan makes the list anew. */
const LIST_BYTES_MAX = 268_435_456;

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
    const slices = new Slices(this.#system);
    const bytes = await this.#wholeLines(newest, slices);
    if (!bytes) return undefined;
    const lines = linesOf(bytes);
    const head = parse(lines.next().value);
    // Journals are not synced: after a start of the machine their ends may be missing.
    if (!isHead(head) || head.boot !== this.#system.machine.boot) return undefined;
    const rows: SessionSummary[] = [];
    for (const line of lines) {
      const batch = parse(line);
      if (!Array.isArray(batch) || !batch.every(isRow)) return undefined;
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

  /** The lines before the checksum; nothing when they do not check. */
  async #wholeLines(number: number, slices: Slices): Promise<Buffer | undefined> {
    const { fs } = this.#system;
    const path = join(this.#directory, `list.${number}.jsonl`);
    let bytes: Buffer;
    try {
      if ((await fs.lstat(path)).size > LIST_BYTES_MAX) return undefined;
      bytes = await readFile(fs, path);
    } catch (cause) {
      // As below: a directory in its place tells only when it is read.
      if (isMissing(cause) || isForeign(cause)) return undefined;
      throw ioError(cause, 'read the saved list');
    }
    const end = bytes.lastIndexOf(10, bytes.length - 2) + 1;
    let checksum = 0;
    for (let at = 0; at < end; at += CHECKED_BYTES) {
      checksum = crc32(bytes.subarray(at, Math.min(end, at + CHECKED_BYTES)), checksum);
      if (slices.over) await slices.rest();
    }
    if (end === 0 || Number(bytes.toString('latin1', end)) !== checksum) return undefined;
    return bytes.subarray(0, end);
  }

  #numbers(): number[] {
    try {
      return this.#system.fs
        .readdirSync(this.#directory)
        .map((name) => Number(LIST_NAME.exec(name)?.[1] ?? 0))
        .filter((number) => number > 0)
        .sort((a, b) => a - b);
    } catch (cause) {
      // What can not be used is not needed: a scan makes it anew.
      if (isMissing(cause) || isForeign(cause)) return [];
      throw ioError(cause, 'look for the saved list');
    }
  }
}

/** A checksum tells what was cut off or has rotted, not who wrote it. */
function isHead(value: unknown): value is Head {
  if (!isPlainObject(value) || value.v !== VERSION || !isPlainObject(value.positions)) return false;
  const positions = Object.values(value.positions);
  const isPosition = (each: unknown) =>
    isPlainObject(each) && isCount(each.number) && isCount(each.at);
  return positions.every(isPosition) && isTexts(value.pending);
}

function isRow(value: unknown): value is SessionSummary {
  if (!isPlainObject(value)) return false;
  const { key, agentId, sessionId, rev, createdAt, updatedAt, turn } = value;
  return (
    isTexts([key, agentId, sessionId]) &&
    isCount(rev) &&
    Number.isFinite(createdAt) &&
    Number.isFinite(updatedAt) &&
    (turn === undefined || isPlainObject(turn))
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** Line by line: as one text, a long list would hold the loop for itself. */
function* linesOf(bytes: Buffer): Generator<string, undefined> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    yield bytes.toString('utf8', at, end);
    at = end + 1;
  }
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
