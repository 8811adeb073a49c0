import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examineStateDir, type Finding, mendStateDir } from 'holdfast/openclaw';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DIRECT_FILE, damagedCopy, MAIN_FILE, OTHER_FILE } from './damaged-copy.ts';
import { foreignFiles, listPath, sessionsDir } from './state-copy.ts';

const IN = 'agents/main/sessions';

/** As if a file had lain there for so many minutes. */
function age(path: string, minutes: number): void {
  const then = new Date(Date.now() - minutes * 60_000);
  utimesSync(path, then, then);
}

async function offered(root: string): Promise<Finding[]> {
  const { findings } = await examineStateDir(root, { findingsPerCodeMax: 1_000 });
  return findings.filter(({ fix }) => fix !== undefined);
}

/** A real process of this name, which waits until it is killed. */
async function running(name: string): Promise<ChildProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-doctor-'));
  writeFileSync(join(directory, name), 'process.stdin.resume(); console.log("ready");');
  const child = spawn(process.execPath, [join(directory, name)], { stdio: ['pipe', 'pipe', 2] });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

describe('a fix', () => {
  it('moves aside locks whose process is gone, once they are old, and no others', async () => {
    const root = damagedCopy('leftover-locks');
    expect(await offered(root)).toEqual([]);
    const locks = [MAIN_FILE, DIRECT_FILE, OTHER_FILE].map((name) => `${IN}/${name}.lock`);
    for (const path of [...locks, `${IN}/sessions.json.lock`]) age(join(root, path), 31);
    const before = foreignFiles(root);
    const findings = await offered(root);
    const stale = [`${IN}/${MAIN_FILE}.lock`, `${IN}/sessions.json.lock`];
    expect(findings.map(({ path }) => path)).toEqual(stale);
    const report = await mendStateDir(root, findings);
    expect(report).toMatchObject({ left: [], done: stale.map((path) => ({ path })) });
    const expected = { ...before };
    for (const path of stale) {
      expected[`${report.keptIn}/${path}`] = expected[path] as string;
      delete expected[path];
    }
    const { [`${report.keptIn}/done.json`]: notes, ...after } = foreignFiles(root);
    expect(after).toEqual(expected);
    expect(notes).toBeDefined();
    expect(report.keptIn).toMatch(/^holdfast-doctor-\d{4}-\d\d-\d\dT[\d-]+\.\d{3}Z$/);
    expect(lstatSync(join(root, report.keptIn as string)).mode & 0o777).toBe(0o700);
    expect(await offered(root)).toEqual([]);
  });

  it('never touches a lock whose process lives, whatever it was told', async () => {
    const root = damagedCopy('none');
    const other = await running('backup.mjs');
    const path = `${IN}/${MAIN_FILE}.lock`;
    writeFileSync(join(root, path), JSON.stringify({ pid: other.pid, createdAt: '2026-01-01' }));
    age(join(root, path), 600);
    const told = { severity: 'warning', reason: '', remedy: '' } as const;
    const finding: Finding = { ...told, code: 'LOCK_STALE', path, fix: { do: 'move-aside' } };
    const report = await mendStateDir(root, [finding]);
    expect(report).toEqual({
      keptIn: undefined,
      done: [],
      left: [{ path, reason: `process ${other.pid} lives` }],
    });
    expect(existsSync(join(root, path))).toBe(true);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect((await mendStateDir(root, [finding])).done).toHaveLength(1);
  });

  it('is refused while a gateway is at work', async () => {
    const root = damagedCopy('leftover-locks');
    for (const name of [MAIN_FILE, 'sessions.json']) age(join(root, IN, `${name}.lock`), 31);
    const gateway = await running('openclaw.mjs');
    const lock = JSON.stringify({ pid: gateway.pid, createdAt: new Date().toISOString() });
    writeFileSync(join(root, IN, `${OTHER_FILE}.lock`), lock);
    const findings = await offered(root);
    expect(findings).toHaveLength(2);
    const before = foreignFiles(root);
    await expect(mendStateDir(root, findings)).rejects.toMatchObject({ code: 'SESSION_BUSY' });
    expect(foreignFiles(root)).toEqual(before);
  });

  it('C.11 moves old temporary files aside beside a list that is whole, and only then', async () => {
    const root = damagedCopy('orphan-tmp-300');
    expect(await offered(root)).toEqual([]);
    const names = readdirSync(sessionsDir(root)).filter((name) => name.endsWith('.tmp'));
    for (const name of names.slice(0, 299)) age(join(sessionsDir(root), name), 61);
    const list = readFileSync(listPath(root));
    writeFileSync(listPath(root), list.subarray(0, 100));
    expect(await offered(root)).toEqual([]);
    writeFileSync(listPath(root), list);
    const report = await mendStateDir(root, await offered(root));
    expect(report.done).toHaveLength(299);
    const left = readdirSync(sessionsDir(root)).filter((name) => name.endsWith('.tmp'));
    expect(left).toEqual(names.slice(299));
    const kept = join(root, report.keptIn as string, IN);
    expect(readdirSync(kept).toSorted()).toEqual(names.slice(0, 299).toSorted());
  });

  it.skipIf(process.platform === 'win32')(
    'takes the rights of others away, and writes down what they were',
    async () => {
      const root = damagedCopy('none');
      chmodSync(root, 0o755);
      chmodSync(sessionsDir(root), 0o777);
      chmodSync(listPath(root), 0o666);
      const findings = await offered(root);
      expect(findings.map(({ code, path }) => `${code} ${path}`).toSorted()).toEqual([
        'OTHERS_MAY_READ ',
        `OTHERS_MAY_WRITE ${IN}`,
        `OTHERS_MAY_WRITE ${IN}/sessions.json`,
      ]);
      const bytes = readFileSync(listPath(root));
      const report = await mendStateDir(root, findings);
      const mode = (path: string) => lstatSync(path).mode & 0o777;
      expect([root, sessionsDir(root), listPath(root)].map(mode)).toEqual([0o700, 0o755, 0o644]);
      expect(readFileSync(listPath(root))).toEqual(bytes);
      const notes = join(root, report.keptIn as string, 'done.json');
      const what = 'its permissions were 777 and are 755';
      expect(JSON.parse(readFileSync(notes, 'utf8')).done).toContainEqual({ path: IN, what });
      expect(mode(notes)).toBe(0o600);
      expect(await offered(root)).toEqual([]);
    },
  );

  it('does nothing to what is not any more as it was found, or was never offered', async () => {
    const root = damagedCopy('none');
    const secret = join(root, '..', 'secret');
    writeFileSync(secret, 'not yours');
    for (const path of [secret, join(root, 'openclaw.json')]) chmodSync(path, 0o640);
    symlinkSync(secret, join(root, IN, 'x.jsonl.lock'));
    writeFileSync(join(root, IN, 'y.jsonl.lock'), '{"pid":4194000}');
    const before = foreignFiles(root);
    const told = { code: 'LOCK_STALE', severity: 'warning', reason: '', remedy: '' } as const;
    const aside = (path: string): Finding => ({ ...told, path, fix: { do: 'move-aside' } });
    const chmod = (path: string, from: number, to: number): Finding => {
      return { ...told, path, fix: { do: 'chmod', from, to } };
    };
    const report = await mendStateDir(root, [
      aside(`${IN}/${MAIN_FILE}`),
      aside(`${IN}/sessions.json`),
      aside('openclaw.json'),
      aside(`${IN}/../sessions/sessions.json`),
      aside('../secret'),
      aside(`${IN}/x.jsonl.lock`),
      aside(`${IN}/y.jsonl.lock`),
      aside(`${IN}/missing.jsonl.lock`),
      chmod('../secret', 0o640, 0o600),
      chmod(`${IN}/x.jsonl.lock`, 0o777, 0o700),
      chmod('openclaw.json', 0o640, 0o666),
      chmod('openclaw.json', 0o123, 0o100),
    ]);
    expect(report.done).toEqual([]);
    expect(report.left).toHaveLength(12);
    expect(report.keptIn).toBeUndefined();
    expect(foreignFiles(root)).toEqual(before);
    const modes = [secret, join(root, 'openclaw.json')].map((path) => lstatSync(path).mode & 0o777);
    expect(modes).toEqual([0o640, 0o640]);
  });
});
