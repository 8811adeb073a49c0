import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/contract/store.ts';
import type { TranscriptPage } from '../../src/inspector/wire.ts';
import type { TranscriptRecord } from '../../src/model/state.ts';
import { type Asking, asking, opened, refusal, SLACK, temporary } from './asking.ts';

async function say(store: Store, count: number, text = (n: number) => `line ${n}`): Promise<void> {
  for (let n = 0; n < count; n++) {
    const message = { role: 'user', content: [{ type: 'text', text: text(n) }] };
    await store.session(SLACK).append({ type: 'message', message });
  }
}

async function page(asked: Asking, params: Record<string, string | number> = {}) {
  const { status, body } = await asked.get<TranscriptPage>('api/transcript', {
    key: SLACK,
    ...params,
  });
  expect(status).toBe(200);
  return body;
}

const textsOf = ({ records }: TranscriptPage) =>
  records.map(({ message }) => message.content[0].text as string);

describe.each(['memory:', 'files'])('a transcript in %s', (kind) => {
  const place = () => (kind === 'files' ? temporary() : kind);

  it('is paged back to its beginning, without a gap and without a record twice', async () => {
    const store = await opened(place());
    await say(store, 130);
    const asked = asking(store);
    const pages = [await page(asked)];
    expect(textsOf(pages[0] as TranscriptPage).at(-1)).toBe('line 129');
    expect(pages[0]?.records).toHaveLength(50);
    while (pages[0]?.complete === false) {
      pages.unshift(await page(asked, { before: pages[0].records[0]?.seq ?? 0 }));
    }
    expect(pages).toHaveLength(3);
    expect(pages.flatMap(textsOf)).toEqual(Array.from({ length: 130 }, (_, n) => `line ${n}`));
  });

  it('goes on behind the last record that is known', async () => {
    const store = await opened(place());
    await say(store, 3);
    const asked = asking(store);
    const first = await page(asked);
    expect(first.complete).toBe(true);
    const after = first.records.at(-1)?.seq ?? 0;
    expect(await page(asked, { after })).toMatchObject({ records: [], complete: true });
    await say(store, 2, (n) => `more ${n}`);
    expect(textsOf(await page(asked, { after }))).toEqual(['more 0', 'more 1']);
    const late = await page(asked, { after, last: 1 });
    expect(textsOf(late)).toEqual(['more 1']);
    expect(late.complete).toBe(false);
  });

  it('of an archived conversation is read by its session id', async () => {
    const store = await opened(place());
    await say(store, 2);
    const former = (await store.session(SLACK).read())?.sessionId ?? '';
    await store.session(SLACK).reset();
    const asked = asking(store);
    expect(await page(asked)).toMatchObject({ records: [], complete: true });
    const archived = await page(asked, { sessionId: former });
    expect(archived.sessionId).toBe(former);
    expect(textsOf(archived)).toEqual(['line 0', 'line 1']);
  });

  it('is sent without what is large, which is sent whole when it is asked for', async () => {
    const store = await opened(place());
    await say(store, 1);
    await say(store, 1, () => 'x'.repeat(3_000_000));
    await say(store, 1, () => 'ü'.repeat(60_000));
    const asked = asking(store);
    const { records, shortened } = await page(asked);
    expect(shortened).toEqual(records.slice(1).map(({ seq }) => seq));
    expect(JSON.stringify(records).length).toBeLessThan(10_000);
    expect(records[1]).toMatchObject({ type: 'message', message: { role: 'user' } });
    const seq = records[1]?.seq ?? 0;
    const whole = await asked.get<{ record: TranscriptRecord }>('api/record', { key: SLACK, seq });
    expect(whole.body.record.message.content[0].text).toHaveLength(3_000_000);
    const none = asked.get('api/record', { key: SLACK, seq: seq + 1_000_000_000 });
    expect(await refusal(none)).toMatchObject({ status: 404, code: 'SESSION_GONE' });
  });

  it('is sent in pages of two megabytes at most', async () => {
    const store = await opened(place());
    await say(store, 100, (n) => `${n} ${'y'.repeat(50_000)}`);
    const asked = asking(store);
    const sent = await page(asked, { last: 200 });
    expect(sent.complete).toBe(false);
    expect(sent.records.length).toBeGreaterThan(30);
    expect(JSON.stringify(sent).length).toBeLessThan(2_200_000);
    const rest = await page(asked, { last: 200, before: sent.records[0]?.seq ?? 0 });
    expect(textsOf(rest).at(-1)?.slice(0, 3).trim()).toBe(String(99 - sent.records.length));
  });

  it('keeps nothing of a record that is wide at every level but what it needs in a list', async () => {
    const store = await opened(place());
    const wide = Array.from({ length: 40 }, () =>
      Array.from({ length: 40 }, () => 'z'.repeat(900)),
    );
    await store.session(SLACK).append({ type: 'custom', data: wide });
    const { records, shortened } = await page(asking(store));
    expect(shortened).toHaveLength(1);
    expect(Object.keys(records[0] ?? {}).sort()).toEqual([
      ...['id', 'parentId', 'seq', 'timestamp', 'type'],
    ]);
  });
});

it('a damaged line is skipped', async () => {
  const directory = temporary();
  const store = await opened(directory);
  await say(store, 3);
  const sessions = join(directory, 'agents/main/sessions/sessions.d');
  const folder = join(sessions, readdirSync(sessions)[0] ?? '');
  const { sessionId } = (await store.session(SLACK).read()) ?? { sessionId: '' };
  const path = join(folder, `${sessionId}.jsonl`);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"line 1"', '"line\u0000 1'));
  expect(textsOf(await page(asking(store)))).toEqual(['line 0', 'line 2']);
});
