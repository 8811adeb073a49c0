import { openStore } from 'holdfast';
import { collect } from '../../test/openclaw/state-copy.ts';

/** Every session of a store with its state, its archives and every record, by key. */
export async function contentsOf(directory: string): Promise<Record<string, unknown>> {
  const store = await openStore(directory);
  try {
    const found: Record<string, unknown> = {};
    for await (const { key } of store.list({ order: 'key' })) {
      const session = store.session(key);
      const state = await session.read();
      const archives = await session.archives();
      const records: unknown[] = [];
      for (const sessionId of [state?.sessionId as string, ...archives.map((a) => a.sessionId)]) {
        records.push(await collect(session.transcript({ sessionId, onDamage: 'throw' })));
      }
      found[key] = { state, archives, records };
    }
    const { ok, problems } = await store.verify();
    // A process that was killed while it wrote leaves a file without a name; a repair removes it later.
    const told = problems.filter(({ code }) => code !== 'LEFTOVER');
    return { ...found, verify: { ok, problems: told } };
  } finally {
    await store.close();
  }
}
