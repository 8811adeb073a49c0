import type { Store } from 'holdfast';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type WatchedPage, watchedPage } from '../browser/chromium.ts';
import { manySessions } from '../browser/sample-store.ts';
import { type ServedStore, serveStore } from '../browser/served-store.ts';

const SESSIONS = 100_000;

describe('the table of a hundred thousand sessions', () => {
  let browser: Browser;
  let store: Store;
  let served: ServedStore;
  beforeAll(async () => {
    [browser, store] = await Promise.all([openBrowser(), manySessions(SESSIONS)]);
    served = await serveStore(store);
  });
  afterAll(async () => {
    await browser.close();
    await served.close();
    await store.close();
  });

  async function table(options = {}): Promise<WatchedPage> {
    const watched = await watchedPage(browser, options);
    await watched.page.goto(served.link);
    await watched.page.getByTestId('nav-sessions').click();
    await found(watched.page, '100,000 sessions');
    await watched.page.getByTestId('session-row').first().waitFor();
    return watched;
  }

  const found = (page: Page, text: string) =>
    page.getByTestId('found').filter({ hasText: text }).waitFor();
  const rowOf = (page: Page, key: string) =>
    page.locator(`[data-testid=session-row][data-key="${key}"]`);

  it('draws and asks for only what can be seen', async () => {
    const { page, asked, complaints } = await table();
    await page.locator(`[role=grid][aria-rowcount="${SESSIONS + 1}"]`).waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    const before = asked.length;
    await page.getByRole('grid').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
    await rowOf(page, 'agent:main:telegram:direct:0').waitFor();
    const pages = asked.slice(before).filter((path) => path.startsWith('/api/sessions'));
    expect(pages.length).toBeGreaterThan(0);
    expect(pages.length).toBeLessThan(8);
    expect(complaints).toEqual([]);
  });

  it('finds one among them, by its label or its key', async () => {
    const { page, complaints } = await table();
    await page.keyboard.press('/');
    await page.keyboard.type('PERSON 77777');
    const began = performance.now();
    await found(page, '1 of 100,000');
    console.info(`found among 100,000 in ${(performance.now() - began).toFixed(0)} ms`);
    await rowOf(page, 'agent:main:telegram:direct:77777').waitFor();
    await page.getByTestId('search').fill('direct:4242');
    await found(page, '11 of 100,000');
    await page.getByTestId('search').fill('nobody at all');
    await found(page, '0 of 100,000');
    expect(complaints).toEqual([]);
  });

  it('is moved through by keys, which open, come back and help', async () => {
    const { page, complaints } = await table();
    await page.getByRole('columnheader', { name: 'Session' }).getByRole('button').click();
    const first = 'agent:main:telegram:direct:0';
    await page.getByTestId('session-row').first().filter({ hasText: first }).waitFor();
    for (const key of ['j', 'j', 'ArrowDown', 'k']) await page.keyboard.press(key);
    const second = '[role=row][aria-selected=true][data-key="agent:main:telegram:direct:1"]';
    await page.locator(second).waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('turn-card').waitFor();
    expect(await page.title()).toContain('direct:1');
    await page.keyboard.press('Escape');
    await page.getByTestId('session-row').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('End');
    expect(complaints).toEqual([]);
  });

  it('sorts by what is clicked, the other way round by a second click', async () => {
    const { page } = await table();
    const header = page.getByRole('columnheader', { name: 'Last activity' });
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    await header.getByRole('button').click();
    await page.locator('[role=columnheader][aria-sort=ascending]').waitFor();
    const oldest = page.getByTestId('session-row').first();
    await oldest.filter({ hasText: /direct:\d{1,3}$|direct:\d{1,3}\D/ }).waitFor();
  });

  it('can be read on a phone', async () => {
    const { page, complaints } = await table({ viewport: { width: 390, height: 844 } });
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
  });
});
