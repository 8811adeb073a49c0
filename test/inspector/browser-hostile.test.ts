import { openStore } from 'holdfast';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openBrowser, watchedPage } from '../browser/chromium.ts';
import { serveStore } from '../browser/served-store.ts';

/** Whoever gets one of these to run sets `__hit`, opens a dialog, or asks another host. */
const ATTACKS = [
  '<img src=x onerror="window.__hit=1;alert(1)">',
  '<script>window.__hit=2</script>',
  '"><svg onload=window.__hit=3>',
  '<a href="javascript:window.__hit=4">press</a>',
  '<iframe srcdoc="<script>parent.__hit=5</script>"></iframe>',
  '<link rel=stylesheet href=https://evil.test/a.css><img src=https://evil.test/a.png>',
  '{{constructor.constructor("window.__hit=6")()}}',
  '__proto__',
];
const BIDI = 'invoice\u202efdp.exe';
const KEY = `agent:main:slack:direct:${ATTACKS[0]}/%2f?#\u200f`;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function hostileStore() {
  const store = await openStore('memory:', { instance: '<b onmouseover=window.__hit=7>' });
  const session = store.session(KEY);
  await session.update({
    label: ATTACKS.join(' ').slice(0, 180),
    channel: ATTACKS[1],
    [ATTACKS[2] as string]: ATTACKS[3],
    nested: { html: ATTACKS, deep: { [BIDI]: BIDI } },
    url: 'javascript:window.__hit=8',
  });
  await session.append({ type: 'message', message: { role: 'user', content: 'old' } });
  await session.reset({ reason: ATTACKS[0] as string });
  await store.session('agent:main:bidi').update({ label: BIDI });
  const blocks = ATTACKS.map((text) => ({ type: 'text', text }));
  const call = { type: 'toolCall', name: ATTACKS[0], arguments: { path: ATTACKS[1] } };
  const image = { type: 'image', mimeType: 'image/svg+xml', data: 'https://evil.test/b.svg' };
  const odd = { type: ATTACKS[2], html: ATTACKS[0] };
  for (const content of [blocks, [call, image, odd, 7, null, 'text'], ATTACKS[5], { a: 1 }, null]) {
    await session.append({ type: 'message', message: { role: 'assistant', content } });
  }
  await session.append({ type: 'message', message: { role: ATTACKS[1], content: BIDI } });
  await session.append({ type: 'message', message: 'no fields' });
  await session.append({ type: ATTACKS[0] as string, data: ATTACKS });
  await session.append({ type: 'compaction', summary: ATTACKS[0], tokensBefore: ATTACKS[1] });
  await session.append({
    type: 'message',
    message: { role: 'user', content: '\u0000\u001b[31mred' },
  });
  return store;
}

it('shows what strangers wrote as text, whatever it looks like', async () => {
  const store = await hostileStore();
  const served = await serveStore(store, { write: true });
  const running = store.session(KEY).turn(
    ({ signal }) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
      }),
    { label: ATTACKS[1] as string },
  );
  // It ends with the store, and how is no matter here.
  running.catch(() => undefined);
  onTestFinished(async () => {
    await served.close();
    await store.close();
  });
  const { page, complaints } = await watchedPage(browser);
  await page.goto(served.link);
  await page.getByTestId('running-turns').getByRole('listitem').first().waitFor();
  await page.getByTestId('nav-sessions').click();
  await page.getByTestId('session-row').nth(1).waitFor();
  const grid = (await page.getByRole('grid').textContent()) ?? '';
  expect(grid).toContain(ATTACKS[0]);
  expect(grid).toContain('invoice\\u202efdp.exe');
  expect(grid).not.toContain('\u202e');

  await page
    .getByTestId('session-row')
    .filter({ hasText: ATTACKS[0] as string })
    .click();
  await page.getByTestId('transcript-record').nth(9).waitFor();
  for (const fold of await page.locator('details').all()) await fold.evaluate(opened);
  const shown = (await page.locator('main').textContent()) ?? '';
  for (const attack of ATTACKS) expect(shown).toContain(attack);
  expect(shown).toContain('\\x00\\x1b[31mred');
  await page.getByLabel('Raw').check();
  await page.locator('.record.is-raw').first().waitFor();
  for (const tab of ['tab-history', 'tab-archives']) {
    await page.getByTestId(tab).click();
    for (const fold of await page.locator('details').all()) await fold.evaluate(opened);
  }
  await page.getByTestId('action-restore').click();
  // Without a dialog this key leads back to the list.
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.reload();
  await page.getByTestId('transcript-record').first().waitFor();
  expect(await page.evaluate('window.__hit')).toBeUndefined();
  expect(
    await page.locator('main img, main script, main iframe, main a[href^=javascript]').count(),
  ).toBe(0);
  expect(complaints).toEqual([]);
});

function opened(fold: { open?: boolean }): void {
  fold.open = true;
}
