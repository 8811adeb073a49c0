import { chmodSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { damagedCopy, MAIN, MAIN_FILE } from '../openclaw/damaged-copy.ts';
import { documentOf, errorOf, inProcess } from './command-line.ts';

const LIST = 'agents/main/sessions/sessions.json';

it('prints what it found with a reason and a remedy, the worst first', async () => {
  const root = damagedCopy('unsafe-session-id');
  const { code, stdout, stderr } = await inProcess(['doctor', root]);
  expect([code, stderr]).toEqual([6, '']);
  expect(stdout).toMatch(/^error {2}ENTRY_UNSAFE_ID {2}agent:main:odd:traversal\n/);
  expect(stdout).toContain(`  at      ${LIST}\n`);
  expect(stdout).toContain('"../../escape" can not be part of a file name');
  expect(stdout).toContain(`Looked at 2 agents, 8 entries, 14 files and 6 transcripts in ${root}.`);
  expect(stdout).toMatch(/1 error, 0 warnings, \d notes\.\n$/);
});

it.each([
  ['none', 0],
  ['torn-last-line', 1],
  ['store-array', 6],
])('ends by severity: %s with %d', async (name, expected) => {
  const { code } = await inProcess(['doctor', damagedCopy(name), '--json']);
  expect(code).toBe(expected);
});

it('prints one document for a script', async () => {
  const ran = await inProcess(['doctor', damagedCopy('torn-last-line'), '--json', '--deep']);
  expect(documentOf(ran)).toMatchObject({
    ...{ kind: 'openclaw', deep: true, counts: { error: 0, warning: 1 }, more: [] },
    looked: { agents: 2, transcripts: 6 },
    findings: expect.arrayContaining([
      expect.objectContaining({
        ...{ code: 'TRANSCRIPT_TORN', severity: 'warning', key: MAIN },
        ...{ path: `agents/main/sessions/${MAIN_FILE}`, range: { from: 5587, to: 5884 } },
      }),
    ]),
  });
});

it('prints the first of many, and how many more there are', async () => {
  const root = damagedCopy('orphan-tmp-300');
  const { stdout } = await inProcess(['doctor', root]);
  expect(stdout.match(/note {2}LEFTOVER_TEMPORARY/g)).toHaveLength(5);
  expect(stdout).toContain('295 more of LEFTOVER_TEMPORARY');
  const all = await inProcess(['doctor', root, '--verbose']);
  expect(all.stdout.match(/note {2}LEFTOVER_TEMPORARY/g)).toHaveLength(100);
  expect(all.stdout).toContain('200 more of LEFTOVER_TEMPORARY');
});

it('makes fixes only when somebody could be asked or --yes was given, and lists them first', async () => {
  const root = damagedCopy('leftover-locks');
  const old = new Date(Date.now() - 3_600_000);
  utimesSync(join(root, 'agents/main/sessions', `${MAIN_FILE}.lock`), old, old);
  chmodSync(root, 0o755);
  const names = readdirSync(root);
  const refused = await inProcess(['doctor', '--fix', root, '--json']);
  expect([refused.code, errorOf(refused).code]).toEqual([2, 'USAGE']);
  expect(readdirSync(root)).toEqual(names);
  const { code, stdout } = await inProcess(['doctor', '--fix', '--yes', root]);
  expect(code).toBe(1);
  const listed = stdout.indexOf(`  moves agents/main/sessions/${MAIN_FILE}.lock aside\n`);
  const done = stdout.indexOf(`done  agents/main/sessions/${MAIN_FILE}.lock: moved into holdfast-`);
  expect([listed > 0, done > listed]).toEqual([true, true]);
  expect(stdout).toContain('  changes the permissions of the directory itself from 755 to 700\n');
  const again = await inProcess(['doctor', '--fix', '--yes', root, '--json']);
  expect(documentOf(again)).not.toHaveProperty('mended');
});

it('refuses what can not be meant', async () => {
  const root = damagedCopy('none');
  for (const args of [['doctor'], ['doctor', root, '--mount', root]]) {
    const ran = await inProcess([...args, '--json']);
    expect([ran.code, errorOf(ran).code]).toEqual([2, 'USAGE']);
  }
  const mount = await inProcess(['doctor', '--mount', root, '--fix', '--json']);
  expect([mount.code, errorOf(mount).code]).toEqual([2, 'USAGE']);
  const missing = await inProcess(['doctor', join(root, 'missing'), '--json']);
  expect([missing.code, errorOf(missing).code]).toEqual([7, 'IO_FAILED']);
});
