/** Every operation of a store, as steps that a process may die in. */
import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isFoldDue } from '../../src/backends/files/fold-log.ts';
import { openFiles } from '../../src/backends/files/open-files.ts';
import type { Backend } from '../../src/contract/backend.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { OPERATIONS } from '../../test/faults/operations.ts';
import { directoryOf, pathsOf } from '../../test/files/paths-of-session.ts';

export const KEY = 'agent:main:slack:channel:c024';

export interface Scenario {
  name: string;
  /** Done while no store is open. */
  setUp?(root: string): Promise<void>;
  /** Done by the process that is going to die, while it still lives. */
  prepare?(backend: Backend, root: string): Promise<unknown>;
  /** Each is acknowledged by itself. */
  steps: readonly ((backend: Backend) => Promise<unknown>)[];
}

/** Characters of an update with which a log is soon to be folded. */
const LONG = 60_000;
const PADDING = 4_200_000;

export function openBackend(root: string, system: System = realSystem): Promise<Backend> {
  const settings = { durability: 'process', instance: 'dies', lockWaitMs: 20_000 } as const;
  return openFiles(root, { ...settings, openFilesMax: 64, onWarning: () => undefined }, system);
}

/** Updates until the next one makes the fold due. */
async function fillLog(backend: Backend, root: string): Promise<void> {
  await backend.update(KEY, { n: 0 }, {});
  const log = join(directoryOf(root, KEY), 'meta.1.jsonl');
  for (let n = 1; !isFoldDue(statSync(log).size + LONG, 200); n += 1) {
    await backend.update(KEY, { text: `${n % 10}`.repeat(LONG) }, {});
  }
}

/** A journal that is full: whoever writes next begins another file. */
async function fillJournal(root: string): Promise<void> {
  const backend = await openBackend(root);
  await backend.update(KEY, { n: 0 }, {});
  await backend.close();
  const { changes } = pathsOf(root, 'main');
  const name = readdirSync(changes).find((each) => /^\d+\.\d+\.jsonl$/.test(each)) as string;
  const line = `[${JSON.stringify(KEY)},1]\n`;
  appendFileSync(join(changes, name), line.repeat(Math.ceil(PADDING / line.length)));
}

export const SCENARIOS: readonly Scenario[] = [
  ...OPERATIONS.map(({ name, prepare, run }): Scenario => {
    const steps = [(backend: Backend) => run(backend, KEY)];
    return prepare ? { name, prepare: (backend) => prepare(backend, KEY), steps } : { name, steps };
  }),
  {
    name: 'fold',
    prepare: fillLog,
    steps: [
      (backend) => backend.update(KEY, { n: 1, text: 'x'.repeat(LONG) }, {}),
      (backend) => backend.update(KEY, { n: 2 }, {}),
      // The fold goes on behind the updates, and ends before the store does.
      (backend) => backend.close(),
    ],
  },
  {
    name: 'turn over the journal',
    setUp: fillJournal,
    steps: [
      (backend) => backend.update(KEY, { n: 1 }, {}),
      (backend) => backend.update(KEY, { n: 2 }, {}),
    ],
  },
  {
    name: 'a first list',
    prepare: (backend) => backend.update(KEY, { n: 0 }, {}),
    steps: [
      async (backend) => {
        for await (const _ of backend.list({ order: 'key' }));
      },
      (backend) => backend.close(),
    ],
  },
];
