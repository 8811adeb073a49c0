import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { barriers } from '../browser/accessibility.ts';
import { openBrowser, type WatchedPage, watchedPage } from '../browser/chromium.ts';
import { clearAway, freshDirectory, GatewayRun } from './gateway-run.ts';

let browser: Browser;
let watched: WatchedPage | undefined;
beforeAll(async () => {
  browser = await openBrowser();
});
afterEach(async () => {
  await watched?.page.context().close();
  watched = undefined;
  await clearAway();
});
afterAll(async () => {
  await browser.close();
});

/** Opens the page of a fresh gateway, which takes its time for each word. */
async function opened(paceMs = 20, directory = freshDirectory()) {
  const run = await GatewayRun.start(directory, { AGENT_PACE_MS: String(paceMs) });
  watched = await watchedPage(browser);
  await watched.page.goto(run.link);
  return { run, ...watched, ...chatsOf(watched.page), directory };
}

function chatsOf(page: Page) {
  return { left: page.getByTestId('chat-left'), right: page.getByTestId('chat-right') };
}

async function say(chat: Locator, text: string): Promise<void> {
  await chat.getByTestId('field').fill(text);
  await chat.getByTestId('field').press('Enter');
}

const ordered = (chat: Locator) => chat.getByTestId('exchange').getByTestId('said').allInnerTexts();

describe('the page of the gateway', () => {
  it('shows a short answer while a long one runs, and who waits', async () => {
    const { left, right, page, complaints } = await opened();
    expect(page.url()).not.toContain('token');
    await left.getByTestId('suggestion').first().click();
    await left
      .getByTestId('speaking')
      .getByText(/^1 2 3/)
      .waitFor();
    await say(left, 'second');
    await say(left, 'third');
    await left.getByTestId('status').getByText('2 wait').waitFor();
    expect(await left.getByTestId('place').allInnerTexts()).toEqual([
      'waits, next in line',
      'waits, 1 before it',
    ]);
    await say(right, 'hello');
    await right.getByTestId('answer').getByText('I heard “hello” and nothing').waitFor();
    expect(await left.getByTestId('speaking').count()).toBe(1);
    await left.getByTestId('stop').click();
    await left.getByText('stopped', { exact: false }).first().waitFor();
    await left.getByTestId('answer').getByText('I heard “third”').waitFor();
    expect(await ordered(left)).toEqual(['Count to 200', 'second', 'third']);
    await left.getByTestId('status').getByText('nothing runs', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('archives with Reset, and brings back with Restore', async () => {
    const { left, right, complaints } = await opened(1);
    await say(left, 'to be kept');
    await say(right, 'beside it');
    await left.getByTestId('answer').waitFor();
    await left.getByTestId('reset').click();
    await left.getByText('1 archive', { exact: true }).click();
    await left.getByTestId('suggestion').first().waitFor();
    expect(await left.getByTestId('exchange').count()).toBe(0);
    await right.getByTestId('answer').waitFor();
    await left.getByTestId('restore').click();
    await left.getByTestId('answer').getByText('I heard “to be kept”').waitFor();
    expect(complaints).toEqual([]);
  });

  it('finds the gateway again after kill -9, with every message answered once', async () => {
    const { run, left, right, page, complaints, directory } = await opened(20);
    await say(left, 'count to 400');
    await say(left, 'this one waits');
    await say(right, 'count to 380');
    await right
      .getByTestId('speaking')
      .getByText(/^1 2 3/)
      .waitFor();
    await left.getByTestId('status').getByText('1 waits').waitFor();
    await run.kill();
    await page.getByTestId('live-state').getByText('lost').waitFor();
    await say(right, 'written while nobody was there');
    const port = Number(new URL(run.place).port);
    await GatewayRun.start(directory, { AGENT_PACE_MS: '1' }, port);
    await page.getByTestId('live-state').getByText('live').waitFor();
    await left.getByTestId('answer').getByText('I heard “this one waits”').waitFor();
    await right.getByTestId('answer').getByText('I heard “written while').waitFor();
    await left
      .getByTestId('answer')
      .getByText(/^1 2 3 .* 400$/)
      .waitFor();
    for (const chat of [left, right]) {
      expect(await chat.getByTestId('cut-off').textContent()).toContain(
        `Process ${run.child.pid} ended`,
      );
    }
    expect(await ordered(left)).toEqual(['count to 400', 'this one waits']);
    expect(await ordered(right)).toEqual(['count to 380', 'written while nobody was there']);
    // What the browser says of a server that is gone is no fault of the page.
    expect(complaints.filter((text) => !/net::ERR_/.test(text))).toEqual([]);
  });

  it('keeps what was written when it is loaded again, and shows text as text', async () => {
    const { left, page, complaints } = await opened(1);
    const hostile = '<img src=x onerror="window.hit=1"><script>window.hit=1</script> \u202eabc';
    await say(left, hostile);
    await left.getByTestId('answer').waitFor();
    await page.reload();
    await left.getByTestId('answer').waitFor();
    expect(await left.getByTestId('said').textContent()).toBe(hostile);
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(await page.locator('.talk img, .talk script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('has the inspector beside it, which shows who runs and who waits', async () => {
    const { left, page } = await opened();
    await say(left, 'count to 2000');
    await say(left, 'waits');
    await left.getByTestId('status').getByText('1 waits').waitFor();
    const opening = page.context().waitForEvent('page');
    await page.getByRole('link', { name: 'Inspector' }).click();
    const inspector = await opening;
    await inspector.getByText('Left web chat').first().waitFor();
    await inspector.getByTestId('nav-sessions').click();
    const row = inspector.locator('[data-key="agent:main:web:direct:left"]');
    await row.getByTestId('turn-state').getByText('running').waitFor();
  });

  it('lets nobody in without its link', async () => {
    const { run } = await opened();
    const other = await browser.newPage();
    await other.goto(run.place);
    await other.getByTestId('refused').getByText('This page needs its link').waitFor();
    expect(await other.getByTestId('chat-left').count()).toBe(0);
    await other.close();
  });

  it.each(['light', 'dark'] as const)('can be used by everybody (%s)', async (colorScheme) => {
    const run = await GatewayRun.start(freshDirectory());
    watched = await watchedPage(browser, { colorScheme });
    const { page } = watched;
    await page.goto(run.link);
    const { left, right } = chatsOf(page);
    await left.waitFor();
    expect(await barriers(page)).toEqual([]);
    await say(left, 'count to 5000');
    await say(left, 'waits');
    await left.getByTestId('place').waitFor();
    await say(right, 'hello');
    await right.getByTestId('answer').waitFor();
    await right.getByTestId('reset').click();
    await right.getByText('1 archive', { exact: true }).click();
    expect(await barriers(page)).toEqual([]);
  });
});
