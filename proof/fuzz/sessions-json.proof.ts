import { it } from 'vitest';
import { openMemory } from '../../src/backends/memory/open-memory.ts';
import { adoptInto } from '../../src/openclaw/adopt-into.ts';
import { openLedger } from '../../src/openclaw/ledger.ts';
import { surveyStateDir } from '../../src/openclaw/state-dir.ts';
import { minutes } from '../frame/size.ts';
import { directSystem } from '../interleavings/direct-system.ts';
import { SharedDisk } from '../interleavings/shared-disk.ts';
import { put } from './disk-of-store.ts';
import { fuzz } from './fuzz.ts';

const SESSIONS = '/state/agents/main/sessions';
const ID = '019ca8e4-e8a4-7000-8000-000000000003';
const entry = {
  sessionId: ID,
  updatedAt: 1_772_000_000_000,
  sessionFile: `${ID}.jsonl`,
  model: 'opus',
};
const SEEDS = [
  { 'agent:main:main': entry },
  {
    'agent:main:main': entry,
    'agent:main:MAIN': { ...entry, updatedAt: 2 },
    main: { sessionId: 'x' },
  },
  {
    'agent:main:slack:channel:c1': {
      ...entry,
      sessionFile: '../../../etc/passwd',
      skillsSnapshot: { prompt: 'x', skills: [] },
    },
  },
  {
    __proto__: null,
    'agent:other:main': { ...entry, usageFamilySessionIds: ['a', 'b'], archived: true },
  },
];
const DICTIONARY = [
  '"sessionFile":',
  '"sessionId":',
  '"updatedAt":',
  `"${ID}"`,
  '"agent:main:main":',
  '"__proto__":',
  '{}',
  '[]',
  'null',
  '\ufeff',
  '\0',
  '../',
  '-topic-',
  '"skillsSnapshot":',
  '"promptBlobs":',
];

it(
  'a sessions.json of any bytes is taken over, or told with its reason',
  async () => {
    const clean = new SharedDisk();
    for (const path of ['/state', '/state/agents', '/state/agents/main', SESSIONS]) {
      clean.makeDirectory(99, path, 0o700);
    }
    put(
      clean,
      `${SESSIONS}/${ID}.jsonl`,
      Buffer.from(`{"type":"session","id":"${ID}"}\n{"type":"note","id":"a"}\n`),
    );
    await fuzz({
      name: 'sessions.json import',
      seeds: SEEDS.map((each) => Buffer.from(JSON.stringify(each))),
      dictionary: DICTIONARY,
      async run(input) {
        const disk = clean.copy();
        put(disk, `${SESSIONS}/sessions.json`, input);
        const system = directSystem(disk, 1);
        const backend = openMemory('');
        const adopt = async () => {
          const source = await surveyStateDir(system.fs, '/state');
          return adoptInto(source, system, {
            backend,
            ledgerOf: ({ directory }) => openLedger(system, directory),
          });
        };
        const report = await adopt();
        const again = await adopt();
        if (again.adopted > 0) throw new Error(`${again.adopted} sessions adopted twice`);
        const { entries = 0, archives = 0 } = report.stores[0] ?? {};
        if (report.adopted + report.known + report.refused.length + archives < entries) {
          throw new Error(`${entries} entries, and only ${JSON.stringify(report)}`);
        }
        if (disk.textOf(`${SESSIONS}/sessions.json`) !== input.toString('latin1'))
          throw new Error('changed');
        const { refused, notices } = report;
        return `${report.adopted} ${[...refused, ...notices].map(({ reason }) => reason).join(', ')}`;
      },
    });
  },
  minutes(2, 12),
);
