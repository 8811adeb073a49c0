import { openStore, type Store } from 'holdfast';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../src/contract/conformance/trial.ts';
import { openBrowser, watchedPage } from '../browser/chromium.ts';
import { said } from '../browser/sample-store.ts';
import { serveStore } from '../browser/served-store.ts';

const KEY = 'agent:main:main';
const RECORDS = 250;

describe('a transcript', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  async function conversation(): Promise<{ store: Store; page: Page }> {
    const store = await openStore('memory:');
    await append(store, 0, RECORDS);
    const served = await serveStore(store);
    onTestFinished(async () => {
      await served.close();
      await store.close();
    });
    const { page, complaints } = await watchedPage(browser);
    onTestFinished(() => expect(complaints).toEqual([]));
    await page.goto(served.link);
    await page.goto(`${served.url}#/session/${KEY}`);
    await line(page, RECORDS - 1).waitFor();
    return { store, page };
  }

  const append = async (store: Store, from: number, times: number): Promise<void> => {
    for (let at = from; at < from + times; at += 1) {
      await store.session(KEY).append(said('user', `line ${at}.`));
    }
  };
  const records = (page: Page) => page.getByTestId('transcript-record');
  const line = (page: Page, number: number) => records(page).filter({ hasText: `line ${number}.` });
  const numbers = async (page: Page) =>
    (await records(page).allTextContents()).map((text) => Number(/line (\d+)\./.exec(text)?.[1]));
  const fromEnd = (page: Page) =>
    page.evaluate<number>(
      'const log = document.querySelector("[role=log]"); log.scrollHeight - log.scrollTop - log.clientHeight',
    );
  const scrollTo = (page: Page, top: number) =>
    page.evaluate(`document.querySelector("[role=log]").scrollTop = ${top}`);

  it('opens at its end and loads what is above, without losing the place', async () => {
    const { page } = await conversation();
    await until('it is at its end', async () => (await fromEnd(page)) < 5);
    const first = (await numbers(page))[0] as number;
    expect(first).toBeGreaterThan(0);
    const at = async () => (await line(page, first).boundingBox())?.y ?? 0;
    await scrollTo(page, 120);
    const before = await at();
    await line(page, first - 1).waitFor({ state: 'attached' });
    expect(Math.abs((await at()) - before)).toBeLessThan(3);
    await until('all are there', async () => {
      await scrollTo(page, 0);
      return (await numbers(page))[0] === 0;
    });
    expect(await numbers(page)).toEqual(Array.from({ length: RECORDS }, (_, number) => number));
    await page.getByText('The beginning').waitFor();
  });

  it('follows its end, and says what is new to whoever reads elsewhere', async () => {
    const { store, page } = await conversation();
    await append(store, RECORDS, 1);
    await line(page, RECORDS).waitFor();
    await until('it is followed', async () => (await fromEnd(page)) < 5);
    await scrollTo(page, 900);
    await page.getByText('line 160.').waitFor({ state: 'attached' });
    await append(store, RECORDS + 1, 2);
    const pill = page.getByTestId('new-records');
    await pill.filter({ hasText: '2 new records' }).waitFor();
    expect(await fromEnd(page)).toBeGreaterThan(500);
    await pill.click();
    await pill.waitFor({ state: 'detached' });
    await until('it is at its end', async () => (await fromEnd(page)) < 5);
  });

  it('has no gap after more than fits into an answer', async () => {
    const { store, page } = await conversation();
    const former = (await numbers(page))[0] as number;
    await Promise.all(Array.from({ length: 450 }, (_, at) => append(store, RECORDS + at, 1)));
    await records(page)
      .filter({ hasText: /line \d+\./ })
      .nth(540)
      .waitFor({ state: 'attached' });
    const shown = await numbers(page);
    expect(shown.sort((a, b) => a - b)).toEqual(
      Array.from({ length: shown.length }, (_, at) => former + at),
    );
  });
});
