import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  impact: string | null;
  nodes: { target: string[] }[];
}

/**
 * What axe holds against the page as it is, with the first places. Only what is serious.
 *
 * @param part a selector: only what is in there
 */
export async function barriers(page: Page, part = 'html'): Promise<string[]> {
  const found = await page.evaluate<Violation[]>(
    `${AXE}; axe.run(${JSON.stringify(part)}).then(({ violations }) => violations)`,
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target }) => target.join(' '))}`);
}
