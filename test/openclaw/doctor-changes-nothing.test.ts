import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { adoptStateDir, examineStateDir } from 'holdfast/openclaw';
import { afterEach, describe, expect, it } from 'vitest';
import { verifyFiles } from '../../src/backends/files/verify-files.ts';
import { examine } from '../../src/openclaw/doctor/examine.ts';
import { realNeighbours } from '../../src/system/neighbours.ts';
import { CHANGING, FaultySystem } from '../faults/faulty-system.ts';
import { damagedCopy, MAIN } from './damaged-copy.ts';
import { inStore, readList, sessionsDir, temporaryDirectory, writeList } from './state-copy.ts';

/** Everything that can be seen of a directory: names, kinds, modes, times, bytes. */
function listing(root: string): Record<string, unknown> {
  const seen: Record<string, unknown> = {};
  const names = ['.', ...(readdirSync(root, { recursive: true }) as string[])];
  for (const name of names) {
    const path = join(root, name);
    const facts = lstatSync(path, { bigint: true });
    const { mode, mtimeNs, ctimeNs, size, nlink, ino } = facts;
    const bytes = facts.isFile() ? readFileSync(path).toString('latin1') : undefined;
    const target = facts.isSymbolicLink() ? readlinkSync(path) : undefined;
    seen[name] = { mode, mtimeNs, ctimeNs, size, nlink, ino, bytes, target };
  }
  return seen;
}

const closed: string[] = [];
afterEach(() => {
  for (const path of closed.splice(0)) chmodSync(path, 0o700);
});

/** Takes the right to write away, of everything, until the test has ended. */
function readOnlyCopy(root: string): string {
  for (const item of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    if (item.isFile()) chmodSync(path, 0o444);
    if (item.isDirectory()) chmodSync(path, 0o555);
    if (item.isDirectory()) closed.unshift(path);
  }
  chmodSync(root, 0o555);
  closed.unshift(root);
  return root;
}

describe('an examination changes nothing', () => {
  it.each(['none', 'sessionfile-odd', 'orphan-tmp-300', 'leftover-locks', 'readonly-and-symlink'])(
    'in a directory of OpenClaw: %s',
    async (name) => {
      const root = damagedCopy(name);
      const before = listing(root);
      await examineStateDir(root);
      await examineStateDir(root, { deep: true });
      expect(listing(root)).toEqual(before);
    },
  );

  it('in one that was taken over, also while a turn runs in it', async () => {
    const root = damagedCopy('torn-last-line');
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      await store.session(MAIN).turn(async () => {
        const before = listing(root);
        const report = await examineStateDir(root);
        expect(report.kind).toBe('holdfast');
        expect(listing(root)).toEqual(before);
      });
    });
  });

  it('where nothing may be written, and finds the same there', async () => {
    const root = damagedCopy('torn-last-line');
    await adoptStateDir(root);
    const codes = (report: Awaited<ReturnType<typeof examineStateDir>>) =>
      report.findings.map(({ code }) => code).filter((code) => !/^(OTHERS|LIST_READ)/.test(code));
    const before = codes(await examineStateDir(root));
    readOnlyCopy(root);
    const seen = listing(root);
    const after = (await examineStateDir(root)).findings
      .map(({ code }) => code)
      .filter((code) => !/^(OTHERS|LIST_READ|STORE_NOTICE)/.test(code));
    expect(after).toEqual(before.filter((code) => code !== 'STORE_NOTICE'));
    expect(listing(root)).toEqual(seen);
  });

  it('R3.1 and opens nothing outside, whatever paths and links say', async () => {
    const root = damagedCopy('sessionfile-odd');
    const outside = join(temporaryDirectory(), 'secret.jsonl');
    writeFileSync(outside, 'not yours\n');
    const place = (name: string) => join(sessionsDir(root), name);
    symlinkSync(outside, place('linked.jsonl'));
    linkSync(outside, place('second-name.jsonl'));
    symlinkSync(join(outside, '..'), join(root, 'agents', 'linked'));
    symlinkSync(outside, `${place('x.jsonl')}.lock`);
    symlinkSync(outside, place('sessions.json.1.2.tmp'));
    mkdirSync(place('directory.jsonl'));
    const list = readList(root);
    for (const name of ['linked', 'second-name', 'directory']) {
      list[`agent:main:${name}`] = { sessionId: name, updatedAt: 5, sessionFile: `${name}.jsonl` };
    }
    writeList(root, list);
    const system = new FaultySystem();
    const report = await examine(
      root,
      { deep: true, findingsPerCodeMax: undefined },
      {
        ...{ system, neighbours: realNeighbours, storeAt: () => undefined },
        verify: (at, where) => verifyFiles(where, at),
      },
    );
    const found = report.findings.map(({ code, path, key }) => `${code} ${path} ${key ?? ''}`);
    expect(found).toEqual(
      expect.arrayContaining([
        'LINK agents/main/sessions/linked.jsonl ',
        'LINK agents/main/sessions/second-name.jsonl ',
        'LINK agents/main/sessions/x.jsonl.lock ',
        'LINK agents/main/sessions/sessions.json.1.2.tmp ',
        'FOREIGN_FILE agents/main/sessions/directory.jsonl ',
        'AGENT_UNUSABLE agents/linked ',
        'TRANSCRIPT_UNREADABLE agents/main/sessions/linked.jsonl agent:main:linked',
        'TRANSCRIPT_UNREADABLE agents/main/sessions/second-name.jsonl agent:main:second-name',
      ]),
    );
    const touched = system.calls.map(({ path }) => path).filter((path) => path.startsWith(sep));
    expect(touched.length).toBeGreaterThan(50);
    expect(touched.filter((path) => path !== root && !path.startsWith(root + sep))).toEqual([]);
    expect(system.calls.filter(({ name }) => CHANGING.has(name))).toEqual([]);
  });

  it('R3.7 is told of by the path that was asked about, also behind a link', async () => {
    const root = damagedCopy('none');
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(root, link);
    const list = readList(root);
    for (const entry of Object.values(list)) {
      entry.sessionFile = join(link, 'agents/main/sessions', entry.sessionFile.split('/').at(-1));
    }
    writeList(root, list);
    const report = await examineStateDir(link);
    expect(report.directory).toBe(root);
    expect(report.findings.filter(({ path }) => path?.startsWith('agents/main'))).toMatchObject([
      { code: 'TRANSCRIPT_NOT_BEGUN' },
    ]);
  });
});
