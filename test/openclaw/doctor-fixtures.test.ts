import { chmodSync } from 'node:fs';
import { type DoctorReport, examineStateDir, type FindingCode } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import {
  DIRECT,
  DIRECT_FILE,
  damagedCopy,
  MAIN,
  MAIN_FILE,
  OTHER_FILE,
  orphanId,
} from './damaged-copy.ts';
import { sampleCopy, smallCopy } from './state-copy.ts';

type Told = [code: FindingCode, path: string, key?: string];

const IN = 'agents/main/sessions';
const LIST = `${IN}/sessions.json`;
const MAIN_PATH = `${IN}/${MAIN_FILE}`;
/** After a reset of a topic its transcript is written at the next turn. */
const TOPIC = 'agent:main:telegram:group:-100950:topic:3';
const TOPIC_FILE = `${IN}/a51f7b5c-3568-40fd-82b4-c213057aa5dd-topic-3.jsonl`;
/** Both lists of the small directory name transcripts by the home in which they were written. */
const HOMES: Told[] = [
  ['PATH_OTHER_HOME', LIST],
  ['PATH_OTHER_HOME', 'agents/work/sessions/sessions.json', 'agent:work:main'],
];
const USUAL: Told[] = [['TRANSCRIPT_NOT_BEGUN', TOPIC_FILE, TOPIC], ...HOMES];

function told({ findings }: DoctorReport): Told[] {
  return findings.map(({ code, path = '', key }) =>
    key === undefined ? [code, path] : [code, path, key],
  );
}

/** What is found in each, but for what is found in the undamaged directory too. */
const FOUND: Record<string, Told[]> = {
  'torn-last-line': [['TRANSCRIPT_TORN', MAIN_PATH, MAIN], ...USUAL],
  'torn-multibyte': [['TRANSCRIPT_TORN', MAIN_PATH, MAIN], ...USUAL],
  'headerless-transcript': [['TRANSCRIPT_HEADERLESS', `${IN}/${DIRECT_FILE}`, DIRECT], ...USUAL],
  'garbage-middle-line': [
    ['TRANSCRIPT_DAMAGED', MAIN_PATH, MAIN],
    ['TRANSCRIPT_DAMAGED', MAIN_PATH, MAIN],
    ...USUAL,
  ],
  'empty-transcript': [['TRANSCRIPT_EMPTY', MAIN_PATH, MAIN], ...USUAL],
  'missing-transcript': [['TRANSCRIPT_MISSING', MAIN_PATH, MAIN], ...USUAL],
  'store-truncated-half': [['LIST_TORN', LIST], ...HOMES],
  'store-zero-bytes': [['LIST_EMPTY', LIST], ...HOMES.slice(1)],
  'store-nul-filled': [['LIST_ZEROES', LIST], ...HOMES.slice(1)],
  'store-zero-with-tmp': [
    ['LIST_EMPTY', LIST],
    ['WHOLE_COPY', `${LIST}.4242.0b1e6f8a-1111-4222-8333-944445555666.tmp`],
    ['LEFTOVER_TEMPORARY', `${LIST}.4242.0b1e6f8a-1111-4222-8333-944445555666.tmp`],
    ['LEFTOVER_TEMPORARY', `${LIST}.4243.0b1e6f8a-1111-4222-8333-944445555667.tmp`],
    ...HOMES.slice(1),
  ],
  'store-missing': [['LIST_MISSING', LIST], ...HOMES.slice(1)],
  'store-array': [['LIST_NOT_AN_OBJECT', LIST], ...HOMES.slice(1)],
  'store-bom-trailing-comma': [['LIST_BYTE_ORDER_MARK', LIST], ['LIST_NOT_JSON', LIST], ...USUAL],
  'entries-odd-types': [
    ...['null', 'array', 'number', 'string'].map(
      (name): Told => ['ENTRY_ODD_TYPE', LIST, `agent:main:odd:${name}`],
    ),
    ['ENTRY_WITHOUT_ID', LIST, 'agent:main:odd:empty'],
    ['ENTRY_WITHOUT_ID', LIST, 'agent:main:odd:noid'],
    ['ENTRY_ODD_TIME', LIST, 'agent:main:odd:updatedat-string'],
    ['ENTRY_ODD_TIME', LIST, 'agent:main:odd:updatedat-future'],
    ...['33333333-3333-4333-8333-333333333333', '44444444-4444-4444-8444-444444444444'].map(
      (id, n): Told => [
        'TRANSCRIPT_NOT_BEGUN',
        `${IN}/${id}.jsonl`,
        `agent:main:odd:updatedat-${['string', 'future'][n]}`,
      ],
    ),
    ...USUAL,
  ],
  'sessionfile-odd': [
    ...['other-home', 'relative', 'windows'].map(
      (name): Told => ['SHARED_TRANSCRIPT', MAIN_PATH, `agent:main:sf:${name}`],
    ),
    ['SHARED_SESSION_ID', LIST, 'agent:main:sf:windows'],
    ['PATH_LEAVES', LIST, 'agent:main:sf:outside'],
    ['PATH_OUTSIDE', LIST, 'agent:main:sf:absolute-outside'],
    ['PATH_EMPTY', LIST, 'agent:main:sf:empty'],
    ...['number', 'null', 'object'].map(
      (name): Told => ['PATH_NOT_TEXT', LIST, `agent:main:sf:${name}`],
    ),
    ['PATH_OTHER_AGENT', LIST, 'agent:main:sf:other-agent'],
    ['PATH_CONTROL', LIST, 'agent:main:sf:nul'],
    ['PATH_WINDOWS', LIST, 'agent:main:sf:windows'],
    ['PATH_OTHER_HOME', LIST, 'agent:main:sf:other-home'],
    ...USUAL,
  ],
  'unsafe-session-id': [['ENTRY_UNSAFE_ID', LIST, 'agent:main:odd:traversal'], ...USUAL],
  'foreign-home': USUAL,
  'case-duplicate-keys': [
    ['CASE_VARIANT', LIST, DIRECT],
    ['CASE_VARIANT', LIST, 'agent:main:Telegram:Direct:700'],
    [
      'TRANSCRIPT_MISSING',
      `${IN}/77777777-7777-4777-8777-777777777777.jsonl`,
      'agent:main:TELEGRAM:DIRECT:700',
    ],
    ['ORPHAN_TRANSCRIPT', `${IN}/${DIRECT_FILE}`, DIRECT],
    ...USUAL,
  ],
  'literal-duplicate-key': [
    ['REPEATED_KEY', LIST, MAIN],
    ['TRANSCRIPT_NOT_BEGUN', `${IN}/88888888-8888-4888-8888-888888888888.jsonl`, MAIN],
    ['ORPHAN_TRANSCRIPT', MAIN_PATH, MAIN],
    ...USUAL,
  ],
  'orphan-transcripts': [
    // It is a byte copy of the transcript of another session, whose id tells whose it was.
    ['HEADER_ID_DIFFERS', `${IN}/0b000000-0000-4000-8000-000000000000.jsonl`],
    ['ORPHAN_TRANSCRIPT', `${IN}/0b000000-0000-4000-8000-000000000000.jsonl`, MAIN],
    ...Array.from({ length: 12 }, (_, n): Told => {
      return ['ORPHAN_TRANSCRIPT', `${IN}/${orphanId(n)}.jsonl`];
    }),
    ['FOREIGN_FILE', `${IN}/notes.jsonl`],
    ...USUAL,
  ],
  'leftover-locks': [
    ['LOCK_STALE', `${MAIN_PATH}.lock`],
    // Only Linux tells what a process is; elsewhere a lock of one that lives is taken for held.
    [
      process.platform === 'linux' ? 'LOCK_OTHER_PROCESS' : 'LOCK_HELD',
      `${IN}/${DIRECT_FILE}.lock`,
    ],
    ['LOCK_WITHOUT_CONTENT', `${IN}/${OTHER_FILE}.lock`],
    ['LOCK_STALE', `${LIST}.lock`],
    ...USUAL,
  ],
  'id-equals-key': [
    ['ENTRY_UNSAFE_ID', LIST, 'agent:main:same'],
    ['SHARED_TRANSCRIPT', MAIN_PATH, 'agent:main:shares-id'],
    ['SHARED_SESSION_ID', LIST, 'agent:main:shares-id'],
    ['KEY_IS_SESSION_ID', LIST, 'agent:main:same'],
    ['KEY_IS_SESSION_ID', LIST, '0c000000-0000-4000-8000-00000000000c'],
    ['ENTRY_BARE_KEY', LIST, '0c000000-0000-4000-8000-00000000000c'],
    [
      'TRANSCRIPT_NOT_BEGUN',
      `${IN}/0c000000-0000-4000-8000-00000000000c.jsonl`,
      '0c000000-0000-4000-8000-00000000000c',
    ],
    ...USUAL,
  ],
  'proto-keys': [
    ['ENTRY_UNUSABLE_KEY', LIST, ''],
    ...['__proto__', 'constructor', 'toString'].flatMap((key, n): Told[] => {
      const id = `9${[0, 3, 8][n]}999999-9999-4999-8999-999999999999`;
      return [
        ['ENTRY_BARE_KEY', LIST, key],
        ['TRANSCRIPT_NOT_BEGUN', `${IN}/${id}.jsonl`, key],
      ];
    }),
    ...USUAL,
  ],
  'readonly-and-symlink': [
    ['LINK', `${IN}/0d000000-0000-4000-8000-00000000000d.jsonl`],
    ['LINK', `${IN}/0e000000-0000-4000-8000-00000000000e.jsonl`],
    ['LIST_READ_ONLY', LIST],
    ...USUAL,
  ],
};

describe('an examination', () => {
  const names = Object.keys(FOUND);
  const lists = names.filter((name) => name.startsWith('store-'));
  const transcripts = ['empty', 'missing', 'headerless'].map((what) => `${what}-transcript`);
  const entries = ['entries-odd-types', 'id-equals-key', 'proto-keys'];
  const named = ['sessionfile-odd', 'unsafe-session-id', ...lists, ...transcripts, ...entries];

  async function namesAll(name: string): Promise<void> {
    const report = await examineStateDir(damagedCopy(name));
    const sorted = (those: Told[]) => those.map(String).toSorted();
    expect(sorted(told(report))).toEqual(sorted(FOUND[name] as Told[]));
  }

  it.each(['sessionfile-odd'])('R3.1 names all bad paths of %s, and nothing else', namesAll);
  it.each(entries)('R8.3 names all odd entries of %s, and nothing else', namesAll);
  it.each(['unsafe-session-id'])('R8.5 names %s as a finding, and nothing else', namesAll);
  it.each([...lists, ...transcripts])('C.5 tells %s from other damage', namesAll);
  it.each(names.filter((name) => !named.includes(name)))(
    'names all that is wrong with %s, and nothing else',
    namesAll,
  );

  it('R3.6 looks at all of a directory in which every entry is odd', async () => {
    const report = await examineStateDir(damagedCopy('sessionfile-odd'));
    expect(report.looked).toEqual({
      ...{ agents: 2, lists: 2, entries: 18, files: 14, transcripts: 6 },
    });
  });

  it('tells where in a transcript the damage is, by byte and line', async () => {
    const { findings } = await examineStateDir(damagedCopy('garbage-middle-line'));
    expect(findings.filter(({ code }) => code === 'TRANSCRIPT_DAMAGED')).toMatchObject([
      { range: { from: 640, to: 705 }, line: 5, reason: expect.stringContaining('zero bytes') },
      { range: { from: 1253, to: 1263 }, line: 7, reason: expect.stringContaining('not JSON') },
    ]);
    const torn = await examineStateDir(damagedCopy('torn-last-line'));
    expect(torn.findings[0]).toMatchObject({ range: { from: 5587, to: 5884 } });
  });

  it('keeps the first of many findings and counts the others', async () => {
    const root = damagedCopy('orphan-tmp-300');
    const report = await examineStateDir(root);
    const temporary = (found: DoctorReport) =>
      found.findings.filter(({ code }) => code === 'LEFTOVER_TEMPORARY').length;
    expect(temporary(report)).toBe(100);
    expect(report.more).toEqual([{ code: 'LEFTOVER_TEMPORARY', count: 200 }]);
    expect(report.counts).toEqual({ error: 0, warning: 0, note: 300 + USUAL.length });
    const all = await examineStateDir(root, { findingsPerCodeMax: 1_000 });
    expect([temporary(all), all.more]).toEqual([300, []]);
  });
});

describe('a healthy directory', () => {
  it.each([
    ['small', () => smallCopy()],
    ['of every kind of session', () => sampleCopy()],
  ])('has nothing above a note: %s', async (_name, copy) => {
    const root = copy();
    chmodSync(root, 0o700);
    const report = await examineStateDir(root);
    expect(report.counts).toMatchObject({ error: 0, warning: 0 });
    expect(report.kind).toBe('openclaw');
  });

  it('R3.5 has its transcripts of topics, threads and forks recognised', async () => {
    const { findings } = await examineStateDir(sampleCopy());
    const orphans = findings.filter(({ code }) => code === 'ORPHAN_TRANSCRIPT');
    expect(orphans.map(({ path }) => path)).toEqual([
      'agents/main/sessions/cf2b378d-8272-412e-9b19-87126662b2ae.jsonl',
      'agents/main/sessions/d6ecda8d-199a-4d8e-8af0-a65e38427019.jsonl',
      'agents/main/sessions/d6ef81fe-05f3-4ad7-aa76-5f27f9b66df6.jsonl',
    ]);
    expect(findings.filter(({ code }) => code === 'HEADER_ID_DIFFERS')).toEqual([]);
  });

  it('R10.2 has no transcript that two keys share', async () => {
    const { findings } = await examineStateDir(sampleCopy());
    expect(findings.filter(({ code }) => code.startsWith('SHARED_'))).toEqual([]);
    const shared = await examineStateDir(damagedCopy('id-equals-key'));
    const codes = shared.findings.map(({ code }) => code);
    expect(codes).toContain('SHARED_TRANSCRIPT');
  });
});
