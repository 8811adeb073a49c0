import { openStore } from 'holdfast';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openBrowser, watchedPage } from '../browser/chromium.ts';
import { serveStore } from '../browser/served-store.ts';

const TOKEN = 'a-token-that-stays-the-same';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function newStore() {
  const store = await openStore('memory:');
  onTestFinished(() => store.close());
  return store;
}

it('says how to get a link to whoever comes without one, or with an old one', async () => {
  const served = await serveStore(await newStore());
  onTestFinished(() => served.close());
  const { page } = await watchedPage(browser);
  await page.goto(served.url);
  await page.getByTestId('no-access').waitFor();
  expect(await page.getByTestId('no-access').textContent()).toContain('holdfast serve');
  await page.goto('about:blank');
  await page.goto(`${served.url}#token=of-yesterday`);
  await page.getByTestId('no-access').waitFor();
  expect(page.url()).toBe(served.url);
});

it('keeps the token out of the address, and for a reload', async () => {
  const served = await serveStore(await newStore());
  onTestFinished(() => served.close());
  const { page, complaints, asked } = await watchedPage(browser);
  await page.goto(served.link);
  await page.locator('[data-state=live]').waitFor();
  expect(page.url()).toBe(served.url);
  await page.reload();
  await page.locator('[data-state=live]').waitFor();
  const token = served.link.slice(served.link.indexOf('=') + 1);
  expect(asked.filter((path) => path.includes(token))).toEqual([]);
  expect(complaints).toEqual([]);
});

it('says when the server is away, comes back by itself and shows what happened meanwhile', async () => {
  const store = await newStore();
  const served = await serveStore(store, { token: TOKEN });
  const { page } = await watchedPage(browser);
  await page.goto(served.link);
  await page.getByTestId('nav-sessions').click();
  await page.locator('[data-state=live]').waitFor();
  await served.close();
  await page.locator('[data-state=lost]').waitFor();
  await page.getByRole('alert').filter({ hasText: 'connection is lost' }).waitFor();
  await store.session('agent:main:main').update({ label: 'Meanwhile' });
  const again = await serveStore(store, { token: TOKEN }, Number(new URL(served.url).port));
  onTestFinished(() => again.close());
  await page.locator('[data-state=live]').waitFor();
  await page.getByTestId('session-row').filter({ hasText: 'Meanwhile' }).waitFor();
});
