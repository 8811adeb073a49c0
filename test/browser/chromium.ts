/** Debian's Chromium, with everything off that would talk to anybody, and pages that are watched. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PATH = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Generous: two cores are shared with other tests. */
export const DEADLINE_MS = 30_000;

/** A browser with an empty profile of its own, which goes with it. */
export async function openBrowser(): Promise<Browser> {
  // Root has no sandbox for a browser.
  const args = process.getuid?.() === 0 ? [...ARGS, '--no-sandbox'] : ARGS;
  return await chromium.launch({ executablePath: PATH, headless: true, args });
}

/** A page, and what it did that it should not have done. */
export interface WatchedPage {
  page: Page;
  /** Errors of the console and of scripts, dialogs, requests that left this machine. */
  complaints: string[];
  /** Paths that were asked for, in their order. */
  asked: string[];
}

/** A page in a profile of its own. */
export async function watchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(DEADLINE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { hostname, pathname, search } = new URL(request.url());
    asked.push(`${pathname}${search}`);
    if (hostname !== '127.0.0.1') complaints.push(`request: ${request.url()}`);
  });
  return { page, complaints, asked };
}
