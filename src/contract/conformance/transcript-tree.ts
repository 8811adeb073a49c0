/**
 * Records form a tree: a record hangs below the active leaf unless its parent is given. Other
 * programs move the leaf with `leaf` rows and write beside it with `appendMode: 'side'`.
 */
import assert from 'node:assert/strict';
import type { Session } from '../store.ts';
import type { Law } from './trial.ts';

async function three(session: Session) {
  const a = await session.append({ type: 'note', name: 'a' });
  const b = await session.append({ type: 'note', name: 'b' });
  const c = await session.append({ type: 'note', name: 'c' });
  return { a, b, c };
}

export function transcriptTree(law: Law): void {
  law('a record with a given parent hangs there and is the leaf from then on', async (t) => {
    const session = t.session();
    const { a } = await three(session);
    const branch = await session.append({ type: 'note', parentId: a.id });
    assert.equal(branch.parentId, a.id);
    assert.equal((await session.append({ type: 'note' })).parentId, branch.id);
    const root = await session.append({ type: 'note', parentId: null });
    assert.equal(root.parentId, null);
    assert.equal((await session.append({ type: 'note' })).parentId, root.id);
  });

  law('a leaf row moves the active leaf to its target', async (t) => {
    const session = t.session();
    const { a } = await three(session);
    await session.append({ type: 'leaf', targetId: a.id });
    assert.equal((await session.append({ type: 'note' })).parentId, a.id);
  });

  law('a leaf row to nothing lets the next record begin the tree anew', async (t) => {
    const session = t.session();
    await three(session);
    await session.append({ type: 'leaf', targetId: null });
    const root = await session.append({ type: 'note' });
    assert.equal(root.parentId, null);
    assert.equal((await session.append({ type: 'note' })).parentId, root.id);
  });

  law('a leaf row names the parent of the next record, or else its target', async (t) => {
    const session = t.session();
    const { a, b } = await three(session);
    await session.append({ type: 'leaf', targetId: b.id, appendParentId: a.id });
    assert.equal((await session.append({ type: 'note' })).parentId, a.id);
  });

  law('a leaf row whose target does not exist leaves the one before it in force', async (t) => {
    const session = t.session();
    const { a } = await three(session);
    await session.append({ type: 'leaf', targetId: a.id });
    await session.append({ type: 'leaf', targetId: 'nobody' });
    assert.equal((await session.append({ type: 'note' })).parentId, a.id);
  });

  law('a leaf row whose target does not exist changes nothing', async (t) => {
    const session = t.session();
    const { c } = await three(session);
    await session.append({ type: 'leaf', targetId: 'nobody' });
    await session.append({ type: 'leaf', targetId: 'itself' }, { id: 'itself' });
    assert.equal((await session.append({ type: 'note' })).parentId, c.id);
  });

  law('a row written beside the conversation does not move the leaf', async (t) => {
    const session = t.session();
    const { c } = await three(session);
    const side = await session.append({ type: 'message', appendMode: 'side' });
    assert.equal(side.parentId, c.id);
    assert.equal((await session.append({ type: 'note' })).parentId, c.id);
  });

  law(
    'the leaf is the same for a store that reads the transcript afresh',
    async (t) => {
      const { a, b } = await three(t.session());
      await t.session().append({ type: 'leaf', targetId: a.id });
      await t.session().append({ type: 'message', appendMode: 'side' });
      const other = (await t.another()).session(t.key());
      const next = await other.append({ type: 'note' });
      assert.equal(next.parentId, a.id);
      assert.equal((await t.session().append({ type: 'note' })).parentId, next.id);
      assert.notEqual(next.parentId, b.id);
    },
    { another: true },
  );
}
