/** Everything that the public face tells of a store, to be compared with that of another one. */
import { type Archive, openStore, type Store } from '../../src/index.ts';

interface Content {
  state: unknown;
  archives: Omit<Archive, 'bytes'>[];
  transcripts: Record<string, unknown[]>;
}

/** What a store holds, by key. */
export async function contentOf(store: Store): Promise<Record<string, Content>> {
  const content: Record<string, Content> = {};
  for await (const { key } of store.list({ order: 'key' }))
    content[key] = await sessionOf(store, key);
  return content;
}

/** The same of the store at a location. */
export async function contentAt(location: string): Promise<Record<string, Content>> {
  const store = await openStore(location);
  try {
    return await contentOf(store);
  } finally {
    await store.close();
  }
}

async function sessionOf(store: Store, key: string): Promise<Content> {
  const session = store.session(key);
  const { turn: _turn, ...read } = (await session.read()) ?? { sessionId: '', entry: {} };
  const state = { ...read, entry: { ...read.entry } };
  const archives = await session.archives();
  const transcripts: Record<string, unknown[]> = {};
  for (const { sessionId } of [state, ...archives]) {
    const records: unknown[] = [];
    // Where a record lies is the store's own; its order is in the list.
    for await (const { seq: _seq, ...record } of session.transcript({ sessionId })) {
      records.push(record);
    }
    transcripts[sessionId] = records;
  }
  // So are the bytes that a transcript takes.
  const kept = archives.map(({ bytes: _bytes, ...rest }) => ({
    ...rest,
    entry: { ...rest.entry },
  }));
  return { state, archives: kept, transcripts };
}

/** Where the next record of each session goes; appends one to each. */
export async function leavesOf(store: Store): Promise<Record<string, string | null>> {
  const leaves: Record<string, string | null> = {};
  const keys: string[] = [];
  for await (const { key } of store.list({ order: 'key' })) keys.push(key);
  for (const key of keys) {
    leaves[key] = (await store.session(key).append({ type: 'next' })).parentId;
  }
  return leaves;
}
