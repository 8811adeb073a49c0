import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type DoctorReport, examineStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/openclaw/doctor/examine.ts';
import { realNeighbours } from '../../src/system/neighbours.ts';
import { realSystem } from '../../src/system/system.ts';
import { damagedCopy, MAIN, MAIN_FILE, OTHER_FILE } from './damaged-copy.ts';
import { listPath, readList, sessionsDir, writeList } from './state-copy.ts';

const LIST = 'agents/main/sessions/sessions.json';
const of = ({ findings }: DoctorReport, code: string) =>
  findings.filter((finding) => finding.code === code);

/** An examination among other processes than those of this machine. */
function among(root: string, commandLine: string[] | undefined): Promise<DoctorReport> {
  const processes = { isAlive: () => true, commandLine: () => commandLine };
  const ask = { deep: false, findingsPerCodeMax: undefined };
  return examine(root, ask, {
    ...{ system: realSystem, storeAt: () => undefined, verify: async () => undefined },
    neighbours: { ...realNeighbours, processes },
  });
}

describe('a lock', () => {
  const lock = (root: string) =>
    writeFileSync(join(sessionsDir(root), `${OTHER_FILE}.lock`), '{"pid":4242}');

  it('of a gateway at work is held, and the gateway is told of', async () => {
    const root = damagedCopy('none');
    lock(root);
    const report = await among(root, ['node', '/opt/openclaw/openclaw.mjs', 'gateway']);
    expect(of(report, 'LOCK_HELD')).toMatchObject([{ reason: 'process 4242 holds it' }]);
    expect(of(report, 'LIVE_GATEWAY')).toMatchObject([{ path: '' }]);
    expect(report.counts).toMatchObject({ error: 0, warning: 0 });
  });

  it('of a process that got the number of a dead one is not', async () => {
    const root = damagedCopy('none');
    lock(root);
    const report = await among(root, ['/usr/bin/backup']);
    expect(of(report, 'LOCK_OTHER_PROCESS')).toHaveLength(1);
    expect(of(report, 'LIVE_GATEWAY')).toEqual([]);
  });

  it('of a process of which nothing is known is taken for held', async () => {
    const root = damagedCopy('none');
    lock(root);
    expect(of(await among(root, undefined), 'LOCK_HELD')).toHaveLength(1);
  });
});

describe('two keys', () => {
  it('R10.2 of a scheduled job and its run share a conversation on purpose', async () => {
    const root = damagedCopy('none');
    const list = readList(root);
    const { sessionId } = list[MAIN];
    delete list[MAIN];
    list['agent:main:cron:job'] = { sessionId, updatedAt: 5, endedAt: 5 };
    list[`agent:main:cron:job:run:${sessionId}`] = { sessionId, updatedAt: 6, endedAt: 6 };
    writeList(root, list);
    const shared = async () =>
      (await examineStateDir(root)).findings.filter(({ code }) => code.startsWith('SHARED_'));
    expect(await shared()).toEqual([]);
    list['agent:main:cron:other:run:x'] = { sessionId, updatedAt: 4, endedAt: 4 };
    writeList(root, list);
    expect(await shared()).toMatchObject([
      { code: 'SHARED_TRANSCRIPT', key: 'agent:main:cron:other:run:x' },
      { code: 'SHARED_SESSION_ID', key: 'agent:main:cron:other:run:x' },
    ]);
  });

  it('R10.2 on one transcript are told, and its own session is not among them', async () => {
    const root = damagedCopy('none');
    const list = readList(root);
    const entry = { updatedAt: Date.now(), sessionFile: MAIN_FILE };
    list['agent:main:thief'] = { ...entry, sessionId: 'thief' };
    writeList(root, list);
    expect(of(await examineStateDir(root), 'SHARED_TRANSCRIPT')).toMatchObject([
      { key: 'agent:main:thief', path: `agents/main/sessions/${MAIN_FILE}` },
    ]);
  });

  it('are one by the rules of OpenClaw: settings name the main session', async () => {
    const root = damagedCopy('none');
    const list = readList(root);
    list.main = { sessionId: 'old', updatedAt: 5 };
    list['agent:main:home'] = { sessionId: 'older', updatedAt: 4 };
    writeList(root, list);
    const variants = async () =>
      of(await examineStateDir(root), 'CASE_VARIANT').map(({ key }) => key);
    expect(await variants()).toEqual(['main']);
    writeFileSync(join(root, 'openclaw.json'), '{"session":{"mainKey":"home"}}');
    expect(await variants()).toEqual(['main', 'agent:main:home']);
    writeFileSync(join(root, 'openclaw.json'), '{ // by hand\n}');
    expect(of(await examineStateDir(root), 'CONFIG_UNREADABLE')).toHaveLength(1);
  });
});

describe('a large directory', () => {
  it('has the fields told that make it large', async () => {
    const root = damagedCopy('none');
    const list = readList(root);
    for (let n = 0; n < 40; n++) {
      const skillsSnapshot = { prompt: 'x'.repeat(50_000) };
      list[`agent:main:big:${n}`] = { sessionId: `big-${n}`, updatedAt: 5, skillsSnapshot };
    }
    writeList(root, list);
    const [bloat, ...more] = of(await examineStateDir(root), 'BLOATED_FIELD');
    expect(more).toEqual([]);
    expect(bloat).toMatchObject({ path: LIST, reason: expect.stringContaining('skillsSnapshot') });
    expect(bloat?.bytes).toBeGreaterThan(2_000_000);
    expect(bloat?.bytes).toBeLessThan(2_010_000);
  });

  it('is examined in less memory than its list alone would need', async () => {
    const root = damagedCopy('none');
    const entry = readList(root)[MAIN];
    const fd = openSync(listPath(root), 'w');
    const text = JSON.stringify({ ...entry, filler: 'word '.repeat(4_000) });
    for (let n = 0; n < 4_500; n++) {
      const own = text.replaceAll(entry.sessionId, `s-${n}`);
      writeSync(fd, `${n === 0 ? '{' : ','}"agent:main:big:${n}":${own}`);
    }
    writeSync(fd, '}');
    closeSync(fd);
    rmSync(join(sessionsDir(root), OTHER_FILE));
    for (let n = 0; n < 1_000; n++) {
      cpSync(join(sessionsDir(root), MAIN_FILE), join(sessionsDir(root), `s-${n}.jsonl`));
    }
    const program = `
      import { examineStateDir } from 'holdfast/openclaw';
      const { looked, counts } = await examineStateDir(process.argv[1]);
      console.log(JSON.stringify({ looked, counts, rssKb: process.resourceUsage().maxRSS }));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program, root]);
    const { looked, counts, rssKb } = JSON.parse(said.toString());
    expect(looked).toMatchObject({ entries: 4_501, transcripts: 1_005 });
    expect(counts.warning).toBeGreaterThan(4_000);
    // The list has more than 110 MB; as a text of Node's and as objects it would need three times that.
    expect(rssKb).toBeLessThan(190_000);
  }, 60_000);
});
