import { fileURLToPath } from 'node:url';
import type { Store } from 'holdfast';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { busyStore } from '../browser/busy-store.ts';
import { openBrowser, watchedPage } from '../browser/chromium.ts';
import { SAMPLE } from '../browser/sample-store.ts';
import { serveStore } from '../browser/served-store.ts';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** So long is watched first: charts with a line in them say more than empty ones. */
const WATCHED_MS = 60_000;

/** `SCREENSHOTS=1` writes the pictures of the documents anew. */
it('has its pictures taken', { timeout: 300_000 }, async () => {
  const { store, end } = await busyStore();
  const served = await serveStore(store, { write: true });
  const browser = await openBrowser();
  onTestFinished(async () => {
    await browser.close();
    await served.close();
    await end();
  });
  const schemes = ['light', 'dark'] as const;
  const pages: Page[] = [];
  for (const colorScheme of schemes) {
    const { page } = await watchedPage(browser, { colorScheme });
    await page.goto(served.link);
    pages.push(page);
  }
  await pages[0]?.waitForTimeout(WATCHED_MS);
  for (const [index, scheme] of schemes.entries()) {
    await takePictures(pages[index] as Page, served.url, scheme, store);
  }
});

async function takePictures(page: Page, url: string, scheme: string, store: Store) {
  const picture = (view: string) =>
    page.screenshot({ path: `${IMAGES}inspector-${view}-${scheme}.png` });
  expect(store.lanes().length).toBeGreaterThan(0);
  await picture('overview');
  await page.goto(`${url}#/sessions/sort=turn`);
  await page.getByTestId('session-row').nth(10).waitFor();
  await picture('sessions');
  await page.goto(`${url}#/session/${encodeURIComponent(SAMPLE)}`);
  await page.getByTestId('transcript-record').last().waitFor();
  await picture('session');
}
