import type { Store } from 'holdfast';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../src/contract/conformance/trial.ts';
import { openBrowser, watchedPage } from '../browser/chromium.ts';
import { SAMPLE, sampleStore } from '../browser/sample-store.ts';
import { serveStore } from '../browser/served-store.ts';

describe('an action', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  interface Looked {
    write?: boolean;
    /** Chromium itself writes a line for each answer with a status of a refusal. */
    refused?: boolean;
  }

  /** A session of its own, looked at by somebody who may change it. */
  async function session(looked: Looked = {}): Promise<{ store: Store; page: Page }> {
    const { write = true, refused = false } = looked;
    const store = await sampleStore();
    const served = await serveStore(store, { write });
    onTestFinished(async () => {
      await served.close();
      await store.close();
    });
    const { page, complaints } = await watchedPage(browser);
    onTestFinished(() => {
      const expected = (text: string) => refused && text.includes('409 (Conflict)');
      expect(complaints.filter((text) => !expected(text))).toEqual([]);
    });
    await page.goto(served.link);
    await page.goto(`${served.url}#/session/${encodeURIComponent(SAMPLE)}`);
    await page.getByTestId('turn-card').waitFor();
    return { store, page };
  }

  async function confirmed(page: Page): Promise<void> {
    await page.getByTestId('confirm').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  it('does nothing before it is confirmed', async () => {
    const { store, page } = await session();
    const before = await store.session(SAMPLE).read();
    for (const name of ['action-reset', 'action-remove']) {
      await page.getByTestId(name).click();
      await page.getByTestId('cancel').click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByTestId('action-reset').click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await store.session(SAMPLE).read()).toEqual(before);
  });

  it('is not offered to whoever may only look', async () => {
    const { page } = await session({ write: false });
    await page.getByTestId('transcript-record').first().waitFor();
    expect(await page.locator('[data-testid^=action-]').count()).toBe(0);
    await page.getByTestId('nav-storage').click();
    await page.getByText('Biggest sessions').waitFor();
    expect(await page.locator('[data-testid^=action-]').count()).toBe(0);
  });

  it('resets, and restores from the archives', async () => {
    const { store, page } = await session();
    const before = (await store.session(SAMPLE).read())?.sessionId as string;
    await page.getByTestId('action-reset').click();
    await confirmed(page);
    await page.getByText('Nothing was said yet.').waitFor();
    expect((await store.session(SAMPLE).read())?.sessionId).not.toBe(before);
    await page.getByTestId('tab-archives').click();
    await page.getByTestId('open-archive').first().click();
    await page.getByText('This is a former conversation.').waitFor();
    await page.getByTestId('transcript-record').first().waitFor();
    await page.getByTestId('action-restore').first().click();
    await confirmed(page);
    await until('it is restored', async () => {
      return (await store.session(SAMPLE).read())?.sessionId === before;
    });
    await page.getByText('This is a former conversation.').waitFor({ state: 'detached' });
  });

  it('interrupts the turn that runs', async () => {
    const { store, page } = await session();
    const turn = store.session(SAMPLE).turn(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    // It fails with the reason of the interruption; looked at below.
    const ended = turn.catch((error: Error) => error.message);
    await page.getByTestId('action-interrupt').click();
    await page.getByLabel('Reason').fill('too slow');
    await confirmed(page);
    expect(await ended).toContain('too slow');
    await page.getByTestId('turn-card').locator('[data-state=idle]').waitFor();
  });

  it('edits, adds and removes a field of the entry', async () => {
    const { store, page } = await session();
    const entry = async () => (await store.session(SAMPLE).read())?.entry;
    const field = (name: string) => page.locator(`[data-field=${name}]`);

    await field('model').getByTestId('action-edit').click();
    await page.getByTestId('field-text').fill('haiku');
    await page.getByTestId('action-save').click();
    await confirmed(page);
    await field('model').filter({ hasText: 'haiku' }).filter({ hasText: 'changed' }).waitFor();

    await field('deliveryContext').getByTestId('action-edit').click();
    await page.getByTestId('field-text').fill('{"to":');
    expect(await page.getByTestId('action-save').isDisabled()).toBe(true);
    await page.getByTestId('field-text').fill('{"to":["a"]}');
    await page.getByTestId('action-save').click();
    await confirmed(page);

    await page.getByTestId('action-add').click();
    await page.getByTestId('field-name').fill('mood');
    await page.getByTestId('field-text').fill('calm');
    await page.getByTestId('action-save').click();
    await confirmed(page);
    await field('mood').waitFor();
    expect(await entry()).toMatchObject({
      model: 'haiku',
      deliveryContext: { to: ['a'] },
      mood: 'calm',
    });

    await field('mood').getByTestId('action-edit').click();
    await page.getByTestId('action-unset').click();
    await confirmed(page);
    await field('mood').waitFor({ state: 'detached' });
    expect(await entry()).not.toHaveProperty('mood');

    await page.getByTestId('tab-history').click();
    await page.getByTestId('history').getByText('haiku').first().waitFor();
  });

  it('tells with code and remedy what is refused', async () => {
    const { store, page } = await session({ refused: true });
    await page.locator('[data-field=model]').getByTestId('action-edit').click();
    await page.getByTestId('field-text').fill('haiku');
    // The page does not hear of the change before it has asked for another one.
    await page.route('**/api/act', async (route) => {
      await store.session(SAMPLE).update({ model: 'somebody else' });
      await route.continue();
    });
    await page.getByTestId('action-save').click();
    await page.getByTestId('confirm').click();
    const problem = page.getByTestId('problem');
    await problem.waitFor();
    expect(await problem.textContent()).toContain('REV_CONFLICT');
    expect(await problem.textContent()).toContain('Read the session again');
  });

  it('removes a session once the end of its key is typed', async () => {
    const { store, page } = await session();
    await page.getByTestId('action-remove').click();
    expect(await page.getByTestId('confirm').isDisabled()).toBe(true);
    await page.getByTestId('confirm-text').fill('c024');
    await confirmed(page);
    await page.getByTestId('found').waitFor();
    expect(await store.session(SAMPLE).read()).toBeUndefined();
  });

  it('verifies and repairs, on paper first', async () => {
    const { page } = await session();
    await page.getByTestId('nav-storage').click();
    await page.getByTestId('action-verify').click();
    await confirmed(page);
    await page.getByTestId('report').filter({ hasText: 'Nothing is damaged.' }).waitFor();
    await page.getByTestId('action-repair').click();
    await confirmed(page);
    await page.getByTestId('report').filter({ hasText: 'nothing to repair' }).waitFor();
    expect(await page.getByTestId('action-apply').count()).toBe(0);
  });
});
