/** The page while the server answers later than things happen. */
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../src/contract/conformance/trial.ts';
import { openBrowser, watchedPage } from '../browser/chromium.ts';
import { SAMPLE, sampleStore } from '../browser/sample-store.ts';
import { serveStore } from '../browser/served-store.ts';

describe('while the answers about a session are held back', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  async function opened() {
    const store = await sampleStore();
    const served = await serveStore(store, { write: true });
    onTestFinished(async () => {
      await served.close();
      await store.close();
    });
    const { page, complaints } = await watchedPage(browser);
    onTestFinished(() => expect(complaints).toEqual([]));
    await page.goto(served.link);
    await page.goto(`${served.url}#/session/${encodeURIComponent(SAMPLE)}`);
    await page.getByTestId('turn-card').waitFor();
    await page.locator('[data-testid=live-state][data-state=live]').waitFor();
    const model = page.locator('[data-field=model]');
    return { session: store.session(SAMPLE), page, model };
  }

  /** Holds the answers of a question back, in their order, until they are let go. */
  async function hold(page: Page, question: string) {
    const held: Route[] = [];
    let holding = true;
    await page.route(new RegExp(`/api/${question}\\?`), async (route) => {
      if (holding) held.push(route);
      else await route.continue();
    });
    return {
      held,
      async letGo() {
        holding = false;
        await Promise.all(held.map((route) => route.continue()));
      },
    };
  }

  it('an edit is asked about until the page shows what it made, so that the next one fits', async () => {
    const { session, page, model } = await opened();
    const answers = await hold(page, 'session');
    await model.getByTestId('action-edit').click();
    await page.getByTestId('field-text').fill('haiku');
    await page.getByTestId('action-save').click();
    const acted = page.waitForResponse(/\/api\/act/);
    await page.getByTestId('confirm').click();
    await acted;
    await until('the page asks again', () => answers.held.length > 0);
    expect((await session.read())?.entry).toMatchObject({ model: 'haiku' });
    expect(await page.getByTestId('confirm').textContent()).toBe('Working…');
    await answers.letGo();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await model.textContent()).toContain('haiku');

    await model.getByTestId('action-edit').click();
    await page.getByTestId('field-text').fill('sonnet');
    await page.getByTestId('action-save').click();
    await page.getByTestId('confirm').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await session.read())?.entry).toMatchObject({ model: 'sonnet' });
  });

  it('changes that come faster than answers do not keep the page from showing any', async () => {
    const { session, page, model } = await opened();
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(request.url()));
    const answers = await hold(page, 'session');
    for (const name of ['haiku', 'sonnet', 'opus']) {
      // Asked together with the session, and not held back: the page has heard of the change.
      const heard = page.waitForResponse(/\/api\/revisions\?/);
      await session.update({ model: name });
      await heard;
    }
    expect(answers.held.length).toBe(1);
    await answers.letGo();
    await model.filter({ hasText: 'opus' }).waitFor();
    expect(failed).toEqual([]);
  });
});
