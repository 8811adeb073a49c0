/** What people are told about a mirror. */
import { shown } from '../../model/text.ts';
import type { RefusedEntry } from './adopt-new-entries.ts';
import type { MirrorContext } from './mirror-context.ts';
import type { Conflict } from './take-over-edits.ts';

/** More would fill a log with one sentence. */
const EXAMPLES = 3;

export class MirrorNews {
  readonly #context: MirrorContext;
  #foreign: string | undefined;
  readonly #refused = new Set<string>();

  constructor(context: MirrorContext) {
    this.#context = context;
  }

  /** Said once: nothing changes until somebody looks. */
  foreign(reason: string): void {
    if (this.#foreign === reason) return;
    this.#foreign = reason;
    this.#tell('UNSAFE_PATH', `is not written: ${reason}. The mirror goes on when it is gone.`);
  }

  broken(reason: string, kept: string | undefined): void {
    const where = kept === undefined ? '' : `; it is kept as ${kept}`;
    this.#tell(
      'MIRROR_BROKEN',
      `says nothing about sessions: ${reason}${where}. It is written anew.`,
    );
  }

  conflicts(conflicts: readonly Conflict[], kept: string, known: boolean): void {
    const which = examples(conflicts.map(({ key, what }) => `${shown(key)} (${what})`));
    const why = known
      ? 'was changed in the file and in the store'
      : 'differs from the store, and nobody knows what was written last';
    const [only] = conflicts.length === 1 ? conflicts : [];
    this.#tell(
      'MIRROR_CONFLICT',
      `has ${conflicts.length} entries of which something ${why}: ${which}. The store's stay; the others are in ${kept}.`,
      only?.key,
    );
  }

  missing(keys: readonly string[]): void {
    if (keys.length === 0) return;
    const which = examples(keys.map((key) => shown(key)));
    this.#tell(
      'MIRROR_MISSING',
      `lacks ${keys.length} sessions: ${which}. A missing entry removes no session: they are written again. Remove sessions in the store.`,
    );
  }

  repeated(keys: readonly string[]): void {
    if (keys.length === 0) return;
    const which = examples(keys.map((key) => shown(key)));
    this.#tell('MIRROR_REPEATED', `has keys more than once, of which the last counts: ${which}.`);
  }

  /** Each entry once: they stay in the file. */
  refused(entries: readonly RefusedEntry[]): void {
    const news = entries.filter(({ key }) => !this.#refused.has(key));
    for (const { key } of news) this.#refused.add(key);
    if (news.length === 0) return;
    const which = examples(news.map(({ key, reason }) => `${shown(key)} (${reason})`));
    this.#tell(
      'MIRROR_REFUSED',
      `has ${news.length} entries that are no sessions of the store and stay as they are: ${which}.`,
    );
  }

  #tell(code: string, what: string, key?: string): void {
    const message = `The mirror ${this.#context.paths.shown} ${what}`;
    this.#context.warn({ code, ...(key !== undefined && { key }), message });
  }
}

function examples(texts: readonly string[]): string {
  const rest = texts.length - EXAMPLES;
  return `${texts.slice(0, EXAMPLES).join(', ')}${rest > 0 ? `, and ${rest} more` : ''}`;
}
