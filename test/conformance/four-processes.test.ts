import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { expect, test } from 'vitest';

interface Report {
  cases: string[];
  failures: string[];
}

/** Runs the whole suite in a process of its own. */
function suiteIn(directory: string, name: string): Promise<Report> {
  const report: Report = { cases: [], failures: [] };
  const child = fork(new URL('./suite-child.js', import.meta.url), [directory], { silent: true });
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said += text;
  });
  let ended: number | undefined;
  child.on('message', (told: { title?: string; failure?: string; ended?: number }) => {
    if (told.title !== undefined) report.cases.push(told.title);
    if (told.failure !== undefined) report.failures.push(`${name}: ${told.title}\n${told.failure}`);
    ended = told.ended ?? ended;
  });
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      if (code !== 0 || ended !== report.cases.length) {
        report.failures.push(`${name} ended with ${code ?? signal} before its last case: ${said}`);
      }
      resolve(report);
    });
  });
}

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
