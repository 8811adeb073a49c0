/** Reports look and do not touch; a healthy session is never among the problems. */
import assert from 'node:assert/strict';
import type { Law } from './trial.ts';

export function reports(law: Law): void {
  law('verify checks the sessions and finds nothing wrong with healthy ones', async (t) => {
    await t.session().update({ a: 1, large: 'x'.repeat(10_000) });
    await t.session().append({ type: 'note' });
    await t.session().reset();
    await t.session('x:empty').update({});
    const report = await t.store.verify();
    const mine = report.problems.filter((problem) => problem.key?.includes(t.agentId));
    assert.deepEqual(mine, []);
    assert.ok(report.checked.sessions >= 2);
    assert.ok(report.checked.archives >= 1);
    assert.ok(report.checked.transcripts >= 1);
    assert.ok(report.checked.bytes > 0);
  });

  law(
    'repair is a dry run unless it is told otherwise, and leaves healthy sessions alone',
    async (t) => {
      const before = await t.session().update({ a: 1 });
      const record = await t.session().append({ type: 'note' });
      const report = await t.store.repair();
      assert.equal(report.dryRun, true);
      assert.ok(!report.actions.some((action) => action.key?.includes(t.agentId)));
      const applied = await t.store.repair({ dryRun: false });
      assert.equal(applied.dryRun, false);
      assert.ok(!applied.actions.some((action) => action.key?.includes(t.agentId)));
      assert.deepEqual(await t.session().read(), before);
      for await (const each of t.session().transcript()) assert.deepEqual(each, record);
    },
  );

  law('figures count sessions, turns, archives and bytes', async (t) => {
    await t.session().update({ large: 'x'.repeat(200_000) });
    await t.session().append({ type: 'note', text: 'y'.repeat(1_000) });
    await t.session().reset();
    await t.session().turn(async () => {
      const figures = await t.store.figures();
      assert.ok(figures.sessions >= 1);
      assert.ok(figures.turns >= 1);
      assert.ok(figures.archives >= 1);
      assert.ok(figures.bytes.metadata > 0);
      assert.ok(figures.bytes.archives > 0);
      assert.ok(figures.biggest.length >= 1 && figures.biggest.length <= 10);
      const sizes = figures.biggest.map((each) => each.bytes);
      assert.deepEqual(
        sizes,
        [...sizes].sort((a, b) => b - a),
      );
    });
  });

  law('figures tell archives by age, logs, and the values that save most', async (t) => {
    const before = await t.store.figures();
    const prompts = { lines: Array.from({ length: 2_000 }, (_, n) => `${t.agentId} line ${n}`) };
    for (const tail of ['x:one', 'x:two', 'x:three']) {
      await t.session(tail).update({ prompts });
      await t.session(tail).append({ type: 'note', text: 'y'.repeat(1_000) });
      await t.session(tail).reset();
    }
    const { archives, archivesByAge, blobs, logs } = await t.store.figures();
    const ages = archivesByAge.map(({ upToDays }) => upToDays);
    assert.deepEqual(ages, [1, 7, 30, 365, null]);
    const count = archivesByAge.reduce((sum, each) => sum + each.count, 0);
    assert.ok(count <= archives, 'each archive is in one class');
    const [young] = archivesByAge;
    assert.ok((young?.count ?? 0) >= 3);
    assert.ok((young?.bytes ?? 0) >= (young?.count ?? 0) && (young?.bytes ?? 0) >= 3_000);
    assert.ok(before.archivesByAge.length === 5);
    assert.ok(logs.snapshots + logs.changes > 0);
    assert.ok(blobs.biggest.length <= Math.min(10, blobs.count));
    const saved = blobs.biggest.map(({ bytes, references }) => bytes * (references - 1));
    assert.deepEqual(
      saved,
      [...saved].sort((a, b) => b - a),
    );
  });
}
