import { openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { freshSchema } from '../postgres/fresh-schema.ts';
import { suiteIn } from './suite-in-process.ts';

test('C.16 postgres: four processes pass the same suite as one, at the same time on one schema', {
  timeout: 300_000,
}, async () => {
  const { url, drop } = freshSchema();
  const names = ['process 1', 'process 2', 'process 3', 'process 4'];
  const reports = await Promise.all(names.map((name) => suiteIn(url, name)));
  expect(reports.flatMap((report) => report.failures)).toEqual([]);
  for (const { cases } of reports) expect(cases).toEqual(reports[0]?.cases);
  expect(reports[0]?.cases.length).toBeGreaterThan(150);

  const store = await openStore(url);
  const { ok, problems } = await store.verify();
  await store.close();
  await drop();
  expect(problems.filter((problem) => problem.severity === 'damage')).toEqual([]);
  expect(ok).toBe(true);
});
