/**
 * The small state directory with one damage each, as real ones were found: what crashes, old versions
 * and editors leave. Lists that were damaged by hand are among the fixtures; the others are made here.
 */
import {
  appendFileSync,
  chmodSync,
  cpSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { listPath, readList, sessionsDir, smallCopy, writeList } from './state-copy.ts';

export const MAIN = 'agent:main:main';
export const MAIN_FILE = '16be81ff-63ea-493b-a3b6-336fa1ec8c4d.jsonl';
export const DIRECT = 'agent:main:telegram:direct:700';
export const DIRECT_FILE = 'c444f24a-3c30-4074-a941-2f9ef36dabaa.jsonl';
export const OTHER_FILE = '96a5975c-4efc-4176-a305-f54403e37fa9.jsonl';
/** Two numbers that no process has, unless a system counts higher than Linux does. */
const GONE = [4_194_000, 4_194_001];

type Damage = (at: { root: string; sessions: string; list: string; main: string }) => void;

const DAMAGES: Readonly<Record<string, Damage>> = {
  none: () => undefined,
  'torn-last-line': ({ main }) => truncateSync(main, 5_884),
  'torn-multibyte': ({ main }) => {
    truncateSync(main, 6_143);
    // The first byte of a character of two.
    appendFileSync(main, Buffer.of(0xc3));
  },
  'headerless-transcript': ({ sessions }) => {
    const path = join(sessions, DIRECT_FILE);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(text.indexOf('\n') + 1));
  },
  'garbage-middle-line': ({ main }) => {
    const lines = readFileSync(main, 'utf8').split('\n');
    lines[4] = '\0'.repeat(64);
    lines[6] = '{not json';
    writeFileSync(main, lines.join('\n'));
  },
  'empty-transcript': ({ main }) => truncateSync(main, 0),
  'missing-transcript': ({ main }) => rmSync(main),
  'store-truncated-half': ({ list }) => truncateSync(list, 13_944),
  'store-zero-bytes': ({ list }) => truncateSync(list, 0),
  'store-nul-filled': ({ list }) => writeFileSync(list, Buffer.alloc(27_889)),
  'store-zero-with-tmp': ({ list }) => {
    const whole = readFileSync(list);
    writeFileSync(`${list}.4242.0b1e6f8a-1111-4222-8333-944445555666.tmp`, whole);
    const third = whole.subarray(0, whole.length / 3);
    writeFileSync(`${list}.4243.0b1e6f8a-1111-4222-8333-944445555667.tmp`, third);
    truncateSync(list, 0);
  },
  'store-missing': ({ list }) => rmSync(list),
  'store-array': ({ list }) => writeFileSync(list, '[]'),
  'foreign-home': ({ root }) => {
    for (const agentId of ['main', 'work']) {
      const text = JSON.stringify(readList(root, agentId)).replaceAll('/home/user', '/Users/alice');
      writeList(root, JSON.parse(text), agentId);
    }
  },
  'orphan-transcripts': ({ sessions, main }) => {
    const [header = '', ...rest] = readFileSync(main, 'utf8').split('\n');
    for (let n = 0; n < 12; n++) {
      const id = orphanId(n);
      const lines = [JSON.stringify({ ...JSON.parse(header), id }), ...rest];
      writeFileSync(join(sessions, `${id}.jsonl`), lines.join('\n'));
    }
    cpSync(main, join(sessions, '0b000000-0000-4000-8000-000000000000.jsonl'));
    writeFileSync(join(sessions, 'notes.jsonl'), '{"hello":1}\n');
  },
  'orphan-tmp-300': ({ list }) => {
    for (let n = 0; n < 300; n++) {
      const uuid = `00000000-${String(n).padStart(4, '0')}-4000-8000-000000000000`;
      writeFileSync(`${list}.${1000 + n}.${uuid}.tmp`, n === 0 ? '' : '{');
    }
  },
  'leftover-locks': ({ main, sessions, list }) => {
    const lock = (pid: unknown, createdAt: string) => JSON.stringify({ pid, createdAt }, null, 2);
    writeFileSync(`${main}.lock`, lock(GONE[0], '2026-02-01T00:00:00.000Z'));
    writeFileSync(join(sessions, `${DIRECT_FILE}.lock`), lock(1, '2026-02-22T13:00:00.000Z'));
    writeFileSync(join(sessions, `${OTHER_FILE}.lock`), '');
    writeFileSync(`${list}.lock`, lock(GONE[1], '2026-02-26T09:00:00.000Z'));
  },
  'readonly-and-symlink': ({ sessions, list }) => {
    symlinkSync(MAIN_FILE, join(sessions, '0d000000-0000-4000-8000-00000000000d.jsonl'));
    symlinkSync('/etc/hostname', join(sessions, '0e000000-0000-4000-8000-00000000000e.jsonl'));
    chmodSync(list, 0o444);
  },
};

export function orphanId(n: number): string {
  const hex = n.toString(16).padStart(2, '0');
  return `0a0000${hex}-0000-4000-8000-${String(n % 10).padStart(12, '0')}`;
}

/** A copy with the damage of this name; closed to other users, as both programs advise. */
export function damagedCopy(name: string): string {
  const damage = DAMAGES[name];
  const root = smallCopy(damage === undefined ? name : undefined);
  const sessions = sessionsDir(root);
  damage?.({ root, sessions, list: listPath(root), main: join(sessions, MAIN_FILE) });
  // A gateway of the machine on which this is tested is none of this directory.
  const settings = join(root, 'openclaw.json');
  const config = JSON.parse(readFileSync(settings, 'utf8'));
  writeFileSync(settings, JSON.stringify({ ...config, gateway: { ...config.gateway, port: 1 } }));
  chmodSync(root, 0o700);
  return root;
}
