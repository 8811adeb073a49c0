/** A watcher is told every change from the call on; several of one key may come as the last one. */
import assert from 'node:assert/strict';
import type { Change } from '../../model/state.ts';
import type { Law, Trial } from './trial.ts';

/** Collects the changes of this case until its signal ends it. */
function watching(t: Trial, store = t.store) {
  const end = new AbortController();
  const seen: Change[] = [];
  const changes = store.watch({ signal: end.signal });
  const done = (async () => {
    for await (const change of changes) {
      if (change.key.startsWith(`agent:${t.agentId}:`)) seen.push(change);
    }
  })();
  return {
    seen,
    async stop() {
      end.abort();
      await done;
    },
  };
}

const shows = (seen: Change[], key: string, kind: Change['kind'], rev?: number) =>
  seen.some((each) => each.key === key && each.kind === kind && (rev ?? each.rev) === each.rev);

export { watchLaws as watching };

function watchLaws(law: Law): void {
  law('a watcher is told of creations, updates, resets, restores and removals', async (t) => {
    const { seen, stop } = watching(t);
    const session = t.session();
    const { sessionId } = await session.update({ a: 1 });
    await t.until('created', () => shows(seen, t.key(), 'update', 1));
    await session.update({ a: 2 });
    await t.until('updated', () => shows(seen, t.key(), 'update', 2));
    await session.reset();
    await t.until('reset', () => shows(seen, t.key(), 'reset', 3));
    await session.restore(sessionId);
    await t.until('restored', () => shows(seen, t.key(), 'restore', 4));
    await session.remove();
    await t.until('removed', () => shows(seen, t.key(), 'remove'));
    await stop();
  });

  law('a watcher is told of appended records', async (t) => {
    await t.session().update({ a: 1 });
    const { seen, stop } = watching(t);
    await t.session().append({ type: 'note' });
    await t.until('appended', () => shows(seen, t.key(), 'append', 1));
    await stop();
  });

  law('a watcher is told of a session that a record or a turn created', async (t) => {
    const { seen, stop } = watching(t);
    await t.session('x:record').append({ type: 'note' });
    await t.session('x:turn').turn(() =>
      t.until('both', () => {
        const told = new Set(seen.map(({ key, rev }) => `${key} ${rev}`));
        return told.has(`${t.key('x:record')} 1`) && told.has(`${t.key('x:turn')} 1`);
      }),
    );
    await stop();
  });

  law('a watcher is told when a turn begins and ends', async (t) => {
    await t.session().update({ a: 1 });
    const { seen, stop } = watching(t);
    await t.session().turn(() => t.until('begun', () => shows(seen, t.key(), 'turn')));
    seen.length = 0;
    await t.session().turn(() => undefined);
    await t.until('ended', () => shows(seen, t.key(), 'turn'));
    await stop();
  });

  law('a watcher hears what happened before it asked for the first change', async (t) => {
    const end = new AbortController();
    const changes = t.store.watch({ signal: end.signal });
    await t.session().update({ a: 1 });
    for await (const change of changes) {
      if (change.key !== t.key()) continue;
      assert.equal(change.rev, 1);
      break;
    }
    end.abort();
  });

  law('a slow watcher is told at least the last change of every key', async (t) => {
    const end = new AbortController();
    const changes = t.store.watch({ signal: end.signal });
    for (let n = 1; n <= 50; n += 1) {
      await t.session('x:a').update({ n });
      await t.session('x:b').update({ n });
    }
    const last = new Map<string, number>();
    for await (const { key, rev } of changes) {
      if (!key.startsWith(`agent:${t.agentId}:`)) continue;
      assert.ok(rev > (last.get(key) ?? 0), 'the changes of one key come in order');
      last.set(key, rev);
      if (last.get(t.key('x:a')) === 50 && last.get(t.key('x:b')) === 50) break;
    }
    end.abort();
  });

  law('C.9 nothing is told of a write that changed nothing', async (t) => {
    await t.session().update({ a: 1 });
    const { seen, stop } = watching(t);
    await t.session().update({ a: 1 });
    await t.session('x:marker').update({ a: 1 });
    await t.until('the marker', () => shows(seen, t.key('x:marker'), 'update'));
    assert.ok(!seen.some((change) => change.key === t.key()));
    await stop();
  });

  law('a watch ends in order by its signal, by leaving it and by closing the store', async (t) => {
    const { stop } = watching(t);
    await stop();
    await watching(t).stop();
    const aborted = t.store.watch({ signal: AbortSignal.abort() });
    for await (const change of aborted) assert.fail(`told of ${change.key}`);

    const closed = watching(t);
    const open = (async () => {
      for await (const change of t.store.watch()) assert.ok(change.key);
    })();
    await t.store.close();
    await open;
    await closed.stop();
  });
}
