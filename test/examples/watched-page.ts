import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { GatewayRun } from './gateway-run.ts';

/** A page of the gateway in a real browser, of which is kept what it should not do. */
export interface WatchedPage {
  page: Page;
  /** Errors on its console, and those that nobody caught. */
  errors: string[];
  /** Requests to any other host. */
  foreign: string[];
}

/** Debian's Chromium, without anything that it asks the world by itself. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
}

export async function watchedPage(
  browser: Browser,
  run: GatewayRun,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<WatchedPage> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1200, height: 760 } });
  const page = await context.newPage();
  const watched: WatchedPage = { page, errors: [], foreign: [] };
  page.on('console', (message) => {
    if (message.type() === 'error') watched.errors.push(message.text());
  });
  page.on('pageerror', (error) => watched.errors.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(run.place)) watched.foreign.push(request.url());
  });
  await page.goto(run.link);
  return watched;
}

/** What is hard to use for people who do not see, hear or point well, as axe finds it. */
export async function hardToUse(page: Page): Promise<string[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  await page.evaluate(readFileSync(axe, 'utf8'));
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
