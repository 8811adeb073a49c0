import { isPlainObject } from '../model/plain-object.ts';
import { familyOf } from './past-of.ts';

/**
 * Transcripts of entries that could not be taken over: an entry that is mended finds its own again,
 * so nothing else is made of them meanwhile.
 */
export class SpokenFor {
  readonly #texts = new Set<string>();
  /** Some entry could not even be read, so any transcript may be its own. */
  #any = false;

  /** The value of an entry; `undefined` for one that can not be read. */
  add(value: unknown): void {
    if (value === undefined) this.#any = true;
    if (!isPlainObject(value)) return;
    const { sessionId, sessionFile } = value;
    for (const id of familyOf(value)) this.#texts.add(id);
    if (typeof sessionId === 'string') this.#texts.add(sessionId);
    if (typeof sessionFile === 'string') {
      this.#texts.add(sessionFile.split(/[/\\]/).at(-1) as string);
    }
  }

  has(name: string, sessionId: string): boolean {
    return this.#any || this.#texts.has(name) || this.#texts.has(sessionId);
  }
}
