/**
 * Reading a `sessions.json` of any size in a little memory: a piece of the file at a time goes through
 * a streaming parser, and of each entry only what the examination needs is kept.
 */
import { JSONParser, TokenType } from '@streamparser/json';
import type { FileSystem } from '../../system/file-system.ts';
import { type EntryFacts, entryFacts } from './entry-facts.ts';
import { chunksOf, inOwnFile, type Looked } from './own-chunks.ts';

/** Why the text is not what it should be. `at`: how far it made sense, in bytes. */
export type ListDamage = { kind: 'empty' | 'zeroes' | 'torn' | 'text' | 'type'; at: number };

export interface ListScan {
  bytes: number;
  mode: number;
  /** Begins with a byte-order mark. */
  marked: boolean;
  damage: ListDamage | undefined;
  /** Entries up to the damage; of a key that the text has more than once the last one. */
  entries: Map<string, EntryFacts>;
  repeated: Set<string>;
  /** Bytes of the text by the name of the field, over all entries. */
  bytesOf: Map<string, number>;
}

/** A file that changes while it is read is read again, so often; then it is told as it was. */
const TRIES = 3;
/** The names of fields come from the file: a hostile one has as many as it has bytes. */
const FIELDS_MAX = 1_000;

export async function scanList(fs: FileSystem, path: string): Promise<Looked<ListScan>> {
  for (let tries = 1; ; tries++) {
    const looked = await inOwnFile(fs, path, async (fd, { size, mode, mtimeMs }) => {
      const scan = await scanOpen(fs, fd, size, mode);
      const now = await fs.fstat(fd);
      const still = now.size === size && now.mtimeMs === mtimeMs;
      return { scan, still };
    });
    if (!('found' in looked)) return looked;
    const { scan, still } = looked.found;
    if (still || scan.damage === undefined || tries === TRIES) return { found: scan };
  }
}

async function scanOpen(
  fs: FileSystem,
  fd: number,
  bytes: number,
  mode: number,
): Promise<ListScan> {
  const reader = new ListReader();
  const scan: ListScan = {
    ...{ bytes, mode, marked: false, damage: undefined },
    ...{ entries: reader.entries, repeated: reader.repeated, bytesOf: reader.bytesOf },
  };
  if (bytes === 0) return { ...scan, damage: { kind: 'empty', at: 0 } };
  let first = true;
  let zeroes = true;
  for await (const chunk of chunksOf(fs, fd, 0, bytes)) {
    if (first) scan.marked = chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    first = false;
    zeroes &&= chunk.every((byte) => byte === 0);
    if (!zeroes) reader.write(chunk);
    if (!zeroes && reader.damage !== undefined) break;
  }
  if (zeroes) return { ...scan, damage: { kind: 'zeroes', at: 0 } };
  return { ...scan, damage: reader.damage ?? reader.end(bytes) };
}

/** Takes the text and keeps what it says. */
class ListReader {
  readonly entries = new Map<string, EntryFacts>();
  readonly repeated = new Set<string>();
  readonly bytesOf = new Map<string, number>();
  damage: ListDamage | undefined;
  readonly #parser = new JSONParser({ paths: ['$.*'], keepStack: false, stringBufferSize: 65_536 });
  #depth = 0;
  #at = 0;
  #field: { name: string; from: number } | undefined;
  #keyNext = false;
  #type: TokenType | undefined;

  constructor() {
    this.#parser.onToken = ({ token, value, offset }) => this.#token(token, value, offset);
    this.#parser.onValue = ({ key, value }) => {
      if (typeof key !== 'string') return;
      const facts = entryFacts(value);
      const before = this.entries.get(key);
      if (before !== undefined) this.repeated.add(key);
      // The conversation of the one that does not count is still known to be one of this key.
      if (typeof before?.sessionId === 'string') facts.former.push(before.sessionId);
      this.entries.set(key, facts);
    };
    this.#parser.onError = () => {
      this.damage ??= { kind: 'text', at: this.#at };
    };
  }

  write(chunk: Buffer): void {
    if (this.damage === undefined) this.#parser.write(chunk);
  }

  /** What is wrong once all was read. */
  end(bytes: number): ListDamage | undefined {
    if (this.#parser.isEnded) return undefined;
    return { kind: 'torn', at: bytes };
  }

  #token(token: TokenType, value: unknown, offset: number): void {
    this.#at = offset;
    this.#type ??= token;
    if (this.#type !== TokenType.LEFT_BRACE) this.damage ??= { kind: 'type', at: offset };
    const opens = token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET;
    const closes = token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET;
    if (closes) this.#depth -= 1;
    const ends = (closes && this.#depth === 1) || (token === TokenType.COMMA && this.#depth === 2);
    if (ends && this.#field !== undefined) this.#count(this.#field, offset);
    if (ends) this.#field = undefined;
    if (token === TokenType.STRING && this.#keyNext && this.#depth === 2) {
      this.#field = { name: value as string, from: offset };
    }
    if (opens) this.#depth += 1;
    const inEntry = token === TokenType.LEFT_BRACE || token === TokenType.COMMA;
    this.#keyNext = this.#depth === 2 && inEntry;
  }

  #count({ name, from }: { name: string; from: number }, to: number): void {
    const known = this.bytesOf.get(name);
    if (known === undefined && this.bytesOf.size >= FIELDS_MAX) return;
    this.bytesOf.set(name, (known ?? 0) + to - from);
  }
}
