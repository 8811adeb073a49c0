import type { Backend } from '../../src/contract/backend.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import { type View, viewOf } from '../../test/faults/view-of-session.ts';
import { collect } from '../../test/files/collect.ts';

/** What can be seen of one session, or why it can not be seen. */
export interface Seen extends View {
  refused?: string;
}

/** A session as it is served; a damaged one with the state that it carries. */
export async function seenOf(backend: Backend, key: string): Promise<Seen> {
  try {
    return await viewOf(backend, key);
  } catch (cause) {
    if (!isHoldfastError(cause)) throw cause;
    const lastGood = cause.lastGood as { rev?: number; entry?: unknown } | undefined;
    const { rev, entry } = lastGood ?? {};
    return { refused: cause.code, ...(rev !== undefined && { rev }), entry };
  }
}

/** The listing's row of a session, as `key rev`; `none` when it has none. */
export async function rowOf(backend: Backend, key: string): Promise<string> {
  const rows = await collect(backend.list({ order: 'key' }));
  const row = rows.find((one) => one.key === key);
  return row ? `${key} ${row.rev}` : 'none';
}

/** Throws unless both are the same as JSON. */
export function mustBeSame(what: string, got: unknown, wanted: unknown): void {
  const [one, other] = [textOf(got), textOf(wanted)];
  if (one !== other) throw new Error(`${what}: ${brief(one)} instead of ${brief(other)}`);
}

/** As JSON, with fields in one order: a fold may change theirs. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, one) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

function brief(text: string | undefined): string {
  return text === undefined || text.length <= 400 ? String(text) : `${text.slice(0, 400)}...`;
}
