/** What is handed out is frozen or a copy; what is handed in is never kept or frozen. */
import assert from 'node:assert/strict';
import { collect, type Law } from './trial.ts';

/** Tries to change every part of a value; frozen parts refuse, and copies change alone. */
function vandalise(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value)) vandalise(part);
  try {
    for (const field of Object.keys(value)) delete (value as Record<string, unknown>)[field];
    (value as Record<string, unknown>).vandal = true;
  } catch (error) {
    assert.ok(error instanceof TypeError);
  }
}

export function freezing(law: Law): void {
  law('R2.8 changing what a read returned changes nothing for anybody else', async (t) => {
    const session = t.session();
    const entry = { deep: { list: [1, { a: 1 }] }, large: { text: 'x'.repeat(10_000), n: [1] } };
    await session.update(entry);
    const expected = JSON.stringify(await session.read());
    vandalise(await session.read());
    vandalise((await session.update({}))?.entry);
    await session.update((seen) => {
      vandalise(seen);
      return {};
    });
    assert.equal(JSON.stringify(await session.read()), expected);
  });

  law('R2.8 changing what was given to update changes nothing in the store', async (t) => {
    const patch = { deep: { list: [1, { a: 1 }] } };
    await t.session().update(patch);
    assert.ok(!Object.isFrozen(patch) && !Object.isFrozen(patch.deep.list));
    patch.deep.list.push(7);
    assert.deepEqual((await t.session().read())?.entry, { deep: { list: [1, { a: 1 }] } });
  });

  law('R2.8 records, archives and rows are copies too', async (t) => {
    const session = t.session();
    const given = { type: 'message', message: { role: 'user', content: ['hi'] } };
    const stored = await session.append(given);
    given.message.content.push('changed');
    vandalise(stored);
    const [record] = await collect(session.transcript());
    assert.deepEqual(record?.message, { role: 'user', content: ['hi'] });
    vandalise(record);
    assert.deepEqual((await collect(session.transcript()))[0]?.message.content, ['hi']);

    await session.update({ label: 'mine' });
    await session.reset({ keep: 'none' });
    vandalise(await session.archives());
    assert.deepEqual({ ...(await session.archives())[0]?.entry }, { label: 'mine' });
    vandalise(await collect(t.store.list({ agentId: t.agentId })));
    assert.equal((await collect(t.store.list({ agentId: t.agentId })))[0]?.key, t.key());
  });
}
