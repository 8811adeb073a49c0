import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, watchedPage } from '../browser/chromium.ts';
import { serveCommand } from '../browser/serve-command.ts';
import { Child, newDirectory } from '../processes/child.ts';

const KEY = 'agent:main:slack:channel:c024';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** How long after its acknowledgement something is on the screen. */
async function seenAfter(what: string, write: Promise<unknown>, shown: Locator): Promise<void> {
  await write;
  const acknowledged = performance.now();
  await shown.waitFor();
  console.info(`${what}: seen ${(performance.now() - acknowledged).toFixed(0)} ms after it`);
}

async function opened() {
  const directory = newDirectory();
  const gateway = await Child.gateway(directory);
  const link = await serveCommand(directory);
  const watched = await watchedPage(browser);
  await watched.page.goto(link);
  await watched.page.locator('[data-testid=live-state][data-state=live]').waitFor();
  return { gateway, ...watched };
}

it('R11.10 shows what another process does as it does it, and a turn whose process died', async () => {
  const { gateway, page, complaints } = await opened();
  expect(page.url()).not.toContain('token');
  await page.getByTestId('nav-sessions').click();
  const row = page.locator(`[data-testid=session-row][data-key="${KEY}"]`);
  const turnIs = (state: string) => row.locator(`[data-testid=turn-state][data-state=${state}]`);

  await seenAfter('a session', gateway.ask('call', KEY, 'update', { label: 'Deploy' }), row);
  expect(await row.textContent()).toContain('Deploy');
  const turn = { turn: { label: 'reply' } };
  await seenAfter('a turn', gateway.ask('beginTurn', KEY, turn), turnIs('running'));
  await seenAfter('its end', gateway.ask('endTurn', KEY, 'return'), turnIs('idle'));

  await row.click();
  await page.getByTestId('turn-card').waitFor();
  const message = { type: 'message', message: { role: 'user', content: 'Is it up?' } };
  const said = page.getByTestId('transcript-record').filter({ hasText: 'Is it up?' });
  await seenAfter('a record', gateway.ask('call', KEY, 'append', message), said);
  const field = page.locator('[data-field=model]');
  const update = gateway.ask('call', KEY, 'update', { model: 'opus' });
  await seenAfter('a field', update, field.filter({ hasText: 'changed' }));

  await gateway.ask('beginTurn', KEY, turn);
  const card = page.getByTestId('turn-card');
  await card.locator('[data-state=running]').waitFor();
  const told = (await card.textContent()) ?? '';
  for (const word of ['reply', String(gateway.pid), 'Instance', 'Fence']) {
    expect(told).toContain(word);
  }
  await gateway.kill();
  const died = performance.now();
  await card.locator('[data-state=cut-off]').waitFor();
  console.info(`a dead process: seen ${(performance.now() - died).toFixed(0)} ms after it`);
  expect(complaints).toEqual([]);
});
