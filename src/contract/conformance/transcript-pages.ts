/** A transcript is read page by page from its end: what lies before a record that is known. */
import assert from 'node:assert/strict';
import type { Session } from '../store.ts';
import { collect, type Law } from './trial.ts';

/** Records of very different lengths, so that pages begin and end anywhere. */
async function filled(session: Session, count: number) {
  const records = [];
  for (let i = 0; i < count; i += 1) {
    records.push(await session.append({ type: 'note', i, text: 'ä'.repeat((i * 977) % 9_000) }));
  }
  return records;
}

export function transcriptPages(law: Law): void {
  law('before gives what came earlier than a record', async (t) => {
    const session = t.session();
    const all = await filled(session, 12);
    const seq = (n: number) => all[n]?.seq ?? 0;
    const read = (before: number) => collect(session.transcript({ before }));
    assert.deepEqual(await read(seq(7)), all.slice(0, 7));
    assert.deepEqual(await read(seq(7) + 1), all.slice(0, 8), 'a place that is none of a record');
    assert.deepEqual(await read(seq(0)), []);
    assert.deepEqual(await read(0), []);
    assert.deepEqual(await read(Number.MAX_SAFE_INTEGER), all);
  });

  law('last and before: the pages from the end are the whole transcript', async (t) => {
    const session = t.session();
    const all = await filled(session, 50);
    const pages = [];
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const page = await collect(session.transcript({ last: 7, before }));
      if (page.length === 0) break;
      pages.unshift(...page);
      before = page[0]?.seq ?? 0;
      assert.ok(pages.length <= all.length, 'each page lies before the one that was read');
    }
    assert.deepEqual(pages, all);
    assert.deepEqual(await collect(session.transcript({ last: 0, before: all[9]?.seq ?? 0 })), []);
  });

  law('after and before give what lies between, and last the end of that', async (t) => {
    const session = t.session();
    const all = await filled(session, 12);
    const between = { after: all[3]?.seq ?? 0, before: all[9]?.seq ?? 0 };
    assert.deepEqual(await collect(session.transcript(between)), all.slice(4, 9));
    assert.deepEqual(await collect(session.transcript({ ...between, last: 2 })), all.slice(7, 9));
    assert.deepEqual(await collect(session.transcript({ ...between, last: 99 })), all.slice(4, 9));
    const nothing = { after: between.before, before: between.after };
    assert.deepEqual(await collect(session.transcript(nothing)), []);
    assert.deepEqual(await collect(session.transcript({ ...nothing, last: 3 })), []);
  });

  law('a former conversation is read in pages, too', async (t) => {
    const session = t.session();
    const all = await filled(session, 9);
    const { sessionId } = (await session.read()) ?? { sessionId: '' };
    await session.reset();
    await session.append({ type: 'note' });
    const page = { sessionId, last: 3, before: all[6]?.seq ?? 0 };
    assert.deepEqual(await collect(session.transcript(page)), all.slice(3, 6));
  });
}
