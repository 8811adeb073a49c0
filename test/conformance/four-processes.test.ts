import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { suiteIn } from './suite-in-process.ts';

test('C.16 four processes pass the same suite as one, at the same time on one store', {
  timeout: 300_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-four-processes-'));
  try {
    const names = ['process 1', 'process 2', 'process 3', 'process 4'];
    const reports = await Promise.all(names.map((name) => suiteIn(directory, name)));
    expect(reports.flatMap((report) => report.failures)).toEqual([]);
    for (const { cases } of reports) expect(cases).toEqual(reports[0]?.cases);
    expect(reports[0]?.cases.length).toBeGreaterThan(150);

    const store = await openStore(directory);
    const { ok, problems } = await store.verify();
    await store.close();
    expect(problems.filter((problem) => problem.severity === 'damage')).toEqual([]);
    expect(ok).toBe(true);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
