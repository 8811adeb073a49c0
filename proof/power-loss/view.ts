import type { Backend } from '../../src/contract/backend.ts';
import type { Entry } from '../../src/model/state.ts';

/** A session as the log and the archives tell it; `undefined` when there is none. */
export interface Told {
  rev: number;
  sessionId: string;
  entry: Entry;
  /** In the order of their ids. */
  archives: { sessionId: string; entry: Entry; reason: string }[];
}

/** All that can be seen of a session: what the log tells, and the texts of each conversation. */
export interface View {
  told: Told | undefined;
  records: Map<string, string[]>;
}

/** A session as anybody reads it. Rejects with `ENTRY_DAMAGED` where it is damaged. */
export async function viewOf(backend: Backend, key: string): Promise<View> {
  const state = await backend.read(key);
  const records = new Map<string, string[]>();
  if (!state) return { told: undefined, records };
  const archives = (await backend.archives(key))
    .map(({ sessionId, entry, reason }) => ({ sessionId, entry, reason }))
    .sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
  for (const sessionId of [state.sessionId, ...archives.map((archive) => archive.sessionId)]) {
    const texts: string[] = [];
    for await (const { text } of backend.transcript(key, { sessionId, onDamage: 'skip' })) {
      texts.push(String(text));
    }
    records.set(sessionId, texts);
  }
  const { rev, sessionId, entry } = state;
  return { told: { rev, sessionId, entry, archives }, records };
}

/** Text that is the same for the same. Fields come in one order. */
export function wordsOf(told: Told | undefined): string {
  if (!told) return 'no session';
  const { rev, sessionId, entry, archives } = told;
  const listed = archives.map((one) => `${one.sessionId} ${one.reason} ${fields(one.entry)}`);
  return `rev ${rev} of ${sessionId}: ${fields(entry)}; archives: ${listed.join(', ')}`;
}

function fields(entry: Entry): string {
  const short = (value: unknown) => {
    const text = JSON.stringify(value);
    return text.length > 40 ? `${text.slice(0, 20)}(${text.length})${text.slice(-10)}` : text;
  };
  return Object.keys(entry)
    .sort()
    .map((field) => `${field}=${short(entry[field])}`)
    .join(' ');
}
