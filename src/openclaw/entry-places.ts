/**
 * Where the entries of a `sessions.json` stand in its bytes, found piece by piece: the file may be
 * larger than what can be held as one text, and each entry is small.
 */
import { Tokenizer, TokenType } from '@streamparser/json';

/** The bytes `start` to `end` of the file hold the value of this key. */
export interface EntryPlace {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** What is awaited next on the first level of the object. */
type Awaited = 'object' | 'key or end' | 'key' | 'colon' | 'value' | 'comma or end' | 'nothing';

const OPENING: readonly TokenType[] = [TokenType.LEFT_BRACE, TokenType.LEFT_BRACKET];
const CLOSING: readonly TokenType[] = [TokenType.RIGHT_BRACE, TokenType.RIGHT_BRACKET];

/** Takes the bytes in order. Values inside an entry are not looked at: whoever reads it parses it. */
export class EntryPlaces {
  /** As they stand in the file; a key that is there twice is in here twice. */
  readonly places: EntryPlace[] = [];
  /** Why what follows the last place is no part of such a file; nothing is taken any more. */
  damage: string | undefined;
  readonly #tokenizer = new Tokenizer();
  #awaited: Awaited = 'object';
  #depth = 0;
  #key = '';
  #start = 0;
  #open = false;

  constructor() {
    this.#tokenizer.onToken = ({ token, value, offset }) => {
      if (this.damage === undefined) this.#take(token, value, offset);
    };
    this.#tokenizer.onError = () => {
      this.damage ??= 'it does not decode: it is not JSON';
    };
  }

  add(bytes: Uint8Array): void {
    if (this.damage === undefined) this.#tokenizer.write(bytes);
  }

  /** No more bytes follow. */
  end(): void {
    if (this.#awaited !== 'nothing') this.damage ??= 'it does not decode: it ends in the middle';
  }

  #take(token: TokenType, value: unknown, offset: number): void {
    if (this.#depth > 1) {
      this.#takeInside(token, offset);
      return;
    }
    // A value that is no object has ended by now; white space behind it belongs to nobody.
    if (this.#open) this.#add(offset);
    this.#open = false;
    const awaited = this.#awaited;
    if (awaited === 'object') {
      if (token !== TokenType.LEFT_BRACE) this.damage = `it holds ${kindOf(token)}, not an object`;
      this.#depth = 1;
      this.#awaited = 'key or end';
    } else if (awaited.startsWith('key') && token === TokenType.STRING) {
      this.#key = value as string;
      this.#awaited = 'colon';
    } else if (awaited === 'colon' && token === TokenType.COLON) {
      this.#awaited = 'value';
    } else if (awaited === 'value' && !isMark(token)) {
      this.#start = offset;
      if (OPENING.includes(token)) this.#depth = 2;
      else this.#open = true;
      this.#awaited = 'comma or end';
    } else if (awaited === 'comma or end' && token === TokenType.COMMA) {
      this.#awaited = 'key';
    } else if (awaited.endsWith('end') && token === TokenType.RIGHT_BRACE) {
      this.#depth = 0;
      this.#awaited = 'nothing';
    } else {
      const what = awaited === 'nothing' ? 'it goes on behind its end' : `there is no ${awaited}`;
      this.damage = `it does not decode: ${what} (byte ${offset})`;
    }
  }

  #takeInside(token: TokenType, offset: number): void {
    if (OPENING.includes(token)) this.#depth += 1;
    if (!CLOSING.includes(token)) return;
    this.#depth -= 1;
    if (this.#depth === 1) this.#add(offset + 1);
  }

  #add(end: number): void {
    this.places.push({ key: this.#key, start: this.#start, end });
  }
}

function isMark(token: TokenType): boolean {
  return CLOSING.includes(token) || token === TokenType.COMMA || token === TokenType.COLON;
}

function kindOf(token: TokenType): string {
  if (token === TokenType.LEFT_BRACKET) return 'an array';
  if (token === TokenType.STRING) return 'a string';
  if (token === TokenType.NUMBER) return 'a number';
  return token === TokenType.NULL ? 'null' : 'a boolean';
}
