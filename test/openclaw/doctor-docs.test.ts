import { readFileSync } from 'node:fs';
import { FINDING_CODES } from 'holdfast/openclaw';
import { expect, it } from 'vitest';

it('has a page on which every finding stands, with its severity and what it means', () => {
  const page = readFileSync(new URL('../../docs/openclaw-doctor.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\w+) \| (.+?) \| (.+) \|$/gm)];
  const told = rows.map(([, code, severity, means]) => [code, [severity, means]]);
  expect(told).toEqual(Object.entries(FINDING_CODES));
  expect(rows.filter(([, , , , todo]) => (todo ?? '').length < 5)).toEqual([]);
});
