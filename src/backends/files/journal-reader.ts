import { join } from 'node:path';
import type { Change } from '../../model/state.ts';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { ioError, isForeign, isMissing } from './io-error.ts';
import { JOURNAL_NAME } from './journal.ts';
import { readBytes } from './read-bytes.ts';

/** How far each slot's journals were read: slot to file number and bytes. */
export type Positions = Record<string, { number: number; at: number }>;

export interface JournalLine {
  /** The store that wrote it, for as long as that one was open. */
  slot: string;
  key: string;
  rev: number;
  kind: Change['kind'];
}

/**
 * Stores begin another file long before. Smaller: a burst of changes costs a scan. Larger: a file that
 * somebody has made large takes as much memory.
 */
const READ_BYTES_MAX = 16_777_216;

const KINDS = new Set(['update', 'append', 'reset', 'restore', 'remove', 'turn']);

/** Tails the journals of all stores that are or were open in one agent. */
export class JournalReader {
  readonly #system: System;
  readonly #directory: string;
  #positions: Positions = {};

  constructor(system: System, directory: string) {
    this.#system = system;
    this.#directory = directory;
  }

  get positions(): Positions {
    return structuredClone(this.#positions);
  }

  continueAt(positions: Positions): void {
    this.#positions = structuredClone(positions);
  }

  /** From here on only what comes later. */
  skipToEnd(): void {
    try {
      this.#positions = this.#ends();
    } catch (cause) {
      if (!isForeign(cause)) throw cause;
      this.#positions = {};
    }
  }

  #ends(): Positions {
    const positions: Positions = {};
    for (const [slot, numbers] of this.#files()) {
      const number = numbers.at(-1) as number;
      positions[slot] = { number, at: this.#size(slot, number) };
    }
    return positions;
  }

  /** Lines since the last call; `gap`: some are lost or can not be read, so everything has to be scanned. */
  async read(): Promise<JournalLine[] | 'gap'> {
    try {
      return await this.#readAll();
    } catch (cause) {
      // Something foreign in the place of a journal hides what was announced, and no session.
      if (isForeign(cause)) return 'gap';
      throw cause;
    }
  }

  async #readAll(): Promise<JournalLine[] | 'gap'> {
    const lines: JournalLine[] = [];
    const files = this.#files();
    for (const slot of Object.keys(this.#positions)) if (!files.has(slot)) return 'gap';
    for (const [slot, numbers] of files) {
      const position = this.#positions[slot] ?? { number: numbers[0] as number, at: 0 };
      // Slots start with file 1; one that starts later has lost lines that nobody here has read.
      if (!this.#positions[slot] && position.number > 1) return 'gap';
      if (!numbers.includes(position.number)) return 'gap';
      for (const number of numbers) {
        if (number < position.number) continue;
        if (number > position.number) {
          position.number = number;
          position.at = 0;
        }
        const read = await this.#readFile(slot, position, lines);
        if (read === 'gap') return 'gap';
      }
      this.#positions[slot] = position;
    }
    return lines;
  }

  async #readFile(
    slot: string,
    position: { number: number; at: number },
    lines: JournalLine[],
  ): Promise<undefined | 'gap'> {
    const size = this.#size(slot, position.number);
    if (size < position.at) return 'gap';
    if (size === position.at) return undefined;
    if (size - position.at > READ_BYTES_MAX) return 'gap';
    const { fs } = this.#system;
    let fd: number;
    try {
      fd = await fs.open(this.#path(slot, position.number), OPEN.read, 0);
    } catch (cause) {
      if (isMissing(cause)) return 'gap';
      throw ioError(cause, 'read a journal');
    }
    try {
      const bytes = await readBytes(fs, fd, position.at, size - position.at);
      const end = bytes.lastIndexOf(10) + 1;
      position.at += end;
      return parseLines(slot, bytes.toString('utf8', 0, end), lines) ? undefined : 'gap';
    } finally {
      await fs.close(fd);
    }
  }

  #size(slot: string, number: number): number {
    try {
      return this.#system.fs.lstatSync(this.#path(slot, number)).size;
    } catch (cause) {
      if (isMissing(cause)) return -1;
      throw ioError(cause, 'look at a journal');
    }
  }

  #path(slot: string, number: number): string {
    return join(this.#directory, `${slot}.${number}.jsonl`);
  }

  #files(): Map<string, number[]> {
    const files = new Map<string, number[]>();
    let names: string[];
    try {
      names = this.#system.fs.readdirSync(this.#directory);
    } catch (cause) {
      if (isMissing(cause)) return files;
      throw ioError(cause, 'list the journals');
    }
    for (const name of names) {
      const match = JOURNAL_NAME.exec(name);
      if (!match) continue;
      const slot = match[1] as string;
      files.set(slot, [...(files.get(slot) ?? []), Number(match[2])]);
    }
    for (const numbers of files.values()) numbers.sort((a, b) => a - b);
    return files;
  }
}

function parseLines(slot: string, text: string, lines: JournalLine[]): boolean {
  if (text === '') return true;
  try {
    for (const line of JSON.parse(`[${text.slice(0, -1).replaceAll('\n', ',')}]`) as unknown[]) {
      const [key, rev, kind = 'update'] = line as [unknown, unknown, unknown];
      if (typeof key !== 'string' || typeof rev !== 'number' || !KINDS.has(kind as string))
        return false;
      lines.push({ slot, key, rev, kind: kind as Change['kind'] });
    }
    return true;
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) return false;
    throw cause;
  }
}
