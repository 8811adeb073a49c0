import { LIMITS } from '../model/limits.ts';
import { checkSessionId } from '../model/session-id.ts';
import { checkSessionKey } from '../model/session-key.ts';
import { shown } from '../model/text.ts';
import { badRequest } from './refusal.ts';

/** The parameters of a request. Each is looked at before anything is done; an empty one is none. */
export class Parameters {
  readonly #given: URLSearchParams;

  /** Refuses a name that is not of the list (mostly a slip of the pen) or that comes twice. */
  constructor(url: string, names: readonly string[]) {
    this.#given = new URL(url).searchParams;
    const seen = new Set<string>();
    for (const name of this.#given.keys()) {
      if (!names.includes(name)) {
        throw badRequest(
          `There is no parameter ${shown(name)} here; there are ${names.join(', ')}.`,
        );
      }
      if (seen.has(name)) throw badRequest(`The parameter ${name} is given twice.`);
      seen.add(name);
    }
  }

  text(name: string, lengthMax: number = LIMITS.keyBytesMax): string | undefined {
    const value = this.#given.get(name);
    if (value === null || value === '') return undefined;
    if (value.length <= lengthMax) return value;
    throw badRequest(`The parameter ${name} is longer than ${lengthMax} characters.`);
  }

  whole(name: string, min: number, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw badRequest(`The parameter ${name} must be a whole number from ${min} to ${max}.`);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = values.find((each) => each === value);
    if (found !== undefined) return found;
    throw badRequest(`The parameter ${name} must be one of ${values.join(', ')}.`);
  }

  yes(name: string): true | undefined {
    const value = this.oneOf(name, ['true', 'false', '1', '0']);
    return value === 'true' || value === '1' ? true : undefined;
  }

  /** `INVALID_KEY` for what can not be a key. */
  key(): string {
    return this.needed('key', this.optionalKey());
  }

  /** Refuses a parameter that was left out. */
  needed<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw badRequest(`The parameter ${name} is missing.`);
    return value;
  }

  optionalKey(): string | undefined {
    const key = this.#given.get('key');
    if (key === null || key === '') return undefined;
    checkSessionKey(key);
    return key;
  }

  /** `INVALID_ENTRY` for what can not be a session id. */
  sessionId(): string | undefined {
    const id = this.text('sessionId');
    if (id !== undefined) checkSessionId(id);
    return id;
  }
}
