import type { Store } from 'holdfast';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { barriers } from '../browser/accessibility.ts';
import { openBrowser, type WatchedPage, watchedPage } from '../browser/chromium.ts';
import { SAMPLE, sampleStore } from '../browser/sample-store.ts';
import { type ServedStore, serveStore } from '../browser/served-store.ts';

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

describe.each([
  ['light', DESK],
  ['dark', DESK],
  ['light', PHONE],
] as const)('the page, %s, %o', (colorScheme, viewport) => {
  let browser: Browser;
  let store: Store;
  let served: ServedStore;
  let watched: WatchedPage;
  const ends = new AbortController();
  beforeAll(async () => {
    [browser, store] = await Promise.all([openBrowser(), sampleStore()]);
    served = await serveStore(store, { write: true });
    const turn = store.session(SAMPLE).turn(() => untilEnd(ends.signal), { label: 'reply' });
    const waiting = store.session(SAMPLE).turn(() => untilEnd(ends.signal), { label: 'next' });
    // They end with the test, however that ends.
    for (const each of [turn, waiting]) each.catch(() => undefined);
    watched = await watchedPage(browser, { colorScheme, viewport });
    await watched.page.goto(served.link);
  });
  afterAll(async () => {
    ends.abort();
    await browser.close();
    await served.close();
    await store.close();
  });

  const views: [string, (page: Page) => Promise<unknown>][] = [
    ['overview', (page) => page.getByTestId('running-turns').getByRole('listitem').waitFor()],
    ['sessions', (page) => page.getByTestId('session-row').nth(5).waitFor()],
    ['session', (page) => page.getByTestId('transcript-record').last().waitFor()],
    ['storage', (page) => page.getByText('Biggest sessions').waitFor()],
  ];

  it.each(views)('has no barrier in its view %s', async (view, ready) => {
    const { page, complaints } = watched;
    const address = view === 'session' ? `session/${encodeURIComponent(SAMPLE)}` : view;
    await page.goto(`${served.url}#/${address}`);
    await ready(page);
    expect(await barriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('has no barrier in the panels of a session and in a dialog', async () => {
    const { page } = watched;
    await page.goto(`${served.url}#/session/${encodeURIComponent(SAMPLE)}`);
    for (const tab of ['history', 'archives', 'entry']) {
      await page.getByTestId(`tab-${tab}`).click();
      expect(await barriers(page, '[role=tabpanel]')).toEqual([]);
    }
    await page.getByTestId('action-reset').click();
    expect(await barriers(page, 'dialog')).toEqual([]);
    await page.keyboard.press('Escape');
  });
});

it('sees a barrier where there is one', async () => {
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const { page } = await watchedPage(browser);
  await page.setContent('<html lang="en"><title>x</title><main><button></button></main></html>');
  expect(await barriers(page)).toEqual(['button-name: button']);
});

function untilEnd(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
