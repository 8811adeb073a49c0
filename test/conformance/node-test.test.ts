import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the suite runs under the test runner of Node and tells what it skipped', async () => {
  const program = fileURLToPath(new URL('with-node-test.js', import.meta.url));
  const { code, out } = await new Promise<{ code: unknown; out: string }>((resolve) => {
    const args = ['--test-reporter=tap', program];
    execFile(process.execPath, args, { maxBuffer: 2 ** 24 }, (error, stdout) =>
      resolve({ code: error ? error.code : 0, out: stdout }),
    );
  });
  const summary = Object.fromEntries(
    [...out.matchAll(/^# (tests|pass|fail) (\d+)$/gm)].map(([, name, count]) => [
      name,
      +`${count}`,
    ]),
  );
  expect({ code, fail: summary.fail }).toEqual({ code: 0, fail: 0 });
  expect(summary.tests).toBeGreaterThan(150);
  expect(summary.pass).toBe(summary.tests);
  expect(out).toMatch(/skipped: an adopted session .*no `openBackend` was given/);
});
