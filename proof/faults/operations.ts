/** Every verb of a store on files, each with what has to be there before it. */
import type { Backend } from '../../src/contract/backend.ts';
import {
  OPERATIONS as FEW,
  large,
  lively,
  said,
  turnAsk,
  type Operation as Verb,
} from '../../test/faults/operations.ts';
import { collect } from '../../test/files/collect.ts';
import { largePatch } from '../../test/files/folding.ts';
import { type Closed, damageArchive, damageLog, forgetArchive, plantJournals } from './planted.ts';

/** Where an operation runs. */
export interface Place {
  root: string;
  key: string;
  backend: Backend;
  /** The conversation that was archived last. */
  former: string;
  /** Opens another store by the same system. */
  open(root: string): Promise<Backend>;
}

export interface Operation {
  name: string;
  /** Leaves in the store what has to be there. */
  prepare(backend: Backend, key: string): Promise<unknown>;
  /** Changes the files of the closed store after that. */
  plant?(closed: Closed): void;
  /** Done, while all works, by the store that is about to be tried. */
  hold?(backend: Backend, key: string): Promise<unknown>;
  run(place: Place): Promise<unknown>;
  /** It only looks: what it gives, in a form that can be compared. */
  answer?(result: never): unknown;
  /** Nobody else has opened the store before it runs. */
  alone?: boolean;
  /** Another directory in which it leaves a store. */
  opens?: string;
  /** The store is closed by it. */
  closes?: boolean;
  /** Resolves although something is left undone, and says so in its result. */
  tells?(result: never): boolean;
  /** The starts that mean something to it; all of them when left out. */
  starts?: readonly Start[];
}

/** In which condition an operation finds the store. */
export type Start = 'clean' | 'torn tail' | 'leftovers' | 'in use';
export const STARTS: readonly Start[] = ['clean', 'torn tail', 'leftovers', 'in use'];

/** A directory that is not there yet. */
const FURTHER = '/store/further/below';
const nothing = async () => undefined;
const IN_TURN = new Set(['end a turn', 'update in a turn']);
const beginTurn = (backend: Backend, key: string) => backend.beginTurn(key, turnAsk);
const OWN_LARGE = 'update with a large value';

/** A verb of the tests, whose preparation happens in a store of its own where that is possible. */
function fromTest({ name, prepare, run }: Verb): Operation {
  const base = { name, run: ({ backend, key }: Place) => run(backend, key) };
  if (name === 'restore') {
    const run = ({ backend, key, former }: Place) => backend.restore(key, former, {});
    return { name, prepare: lively, run };
  }
  if (IN_TURN.has(name)) return { ...base, prepare: lively, hold: beginTurn };
  if (name !== OWN_LARGE) return { ...base, prepare: prepare ?? nothing };
  // That a value was seen in another session is known to the store that saw it.
  const hold = (backend: Backend, key: string) =>
    backend.update(`${key}:other`, { large: { ...large, key } }, {});
  return { ...base, prepare: lively, hold };
}

const long = 'x'.repeat(100_000);

/** A log that the next update folds, of few lines. */
async function longLog(backend: Backend, key: string): Promise<void> {
  await backend.update(key, { last: 0 }, {});
  await backend.update(key, { text: 'x'.repeat(530_000) }, {});
  await backend.update(key, { text: null }, {});
}

/** Verbs that change a session. */
export const CHANGES: readonly Operation[] = [
  ...FEW.map(fromTest),
  {
    name: 'update of 100 KB',
    prepare: lively,
    run: ({ backend, key }) => backend.update(key, { long }, {}),
  },
  {
    name: 'append of 100 KB',
    prepare: lively,
    run: ({ backend, key }) => backend.append(key, said(long), {}, {}),
  },
  {
    name: 'update that folds',
    prepare: longLog,
    run: ({ backend, key }) => backend.update(key, largePatch(1), {}),
    // A log of this length takes its time.
    starts: ['clean', 'torn tail'],
  },
  {
    name: 'update that turns the journal over',
    prepare: lively,
    plant: plantJournals,
    run: ({ backend, key }) => backend.update(key, { n: 1 }, {}),
    starts: ['clean', 'leftovers'],
  },
  {
    name: 'interrupt a turn',
    prepare: lively,
    hold: beginTurn,
    run: ({ backend, key }) => backend.interrupt(key, { graceMs: 20, reason: 'enough' }),
  },
  {
    name: 'overtake a turn',
    prepare: lively,
    hold: beginTurn,
    run: ({ backend, key }) =>
      backend.beginTurn(key, { ...turnAsk, interrupt: { graceMs: 20, reason: 'mine' } }),
  },
];

const remains = (report: { remaining: unknown[] }) => report.remaining.length > 0;

/** Verbs that take care of the whole store. */
export const CARES: readonly Operation[] = [
  {
    name: 'open',
    prepare: lively,
    run: async ({ root, open }) => (await open(root)).close(),
    alone: true,
  },
  {
    name: 'open a new directory',
    prepare: nothing,
    run: async ({ open }) => (await open(FURTHER)).close(),
    opens: FURTHER,
    starts: ['clean'],
  },
  {
    name: 'close',
    prepare: lively,
    hold: async (backend, key) => {
      await collect(backend.list({ order: 'key' }));
      await backend.beginTurn(key, turnAsk);
      await backend.append(key, said('held'), { id: 'held' }, {});
    },
    run: ({ backend }) => backend.close(),
    closes: true,
  },
  ...Object.entries({ log: damageLog, archive: damageArchive, orphan: forgetArchive }).map(
    ([what, plant]): Operation => ({
      name: `repair of ${what === 'log' ? 'a log' : what === 'archive' ? 'an archive' : 'an orphan'}`,
      prepare: lively,
      plant,
      run: ({ backend }) => backend.repair({ dryRun: false }),
      tells: remains,
      starts: ['clean', 'leftovers'],
    }),
  ),
];

const listed = (rows: { key: string; rev: number }[]) => rows.map(({ key, rev }) => [key, rev]);

/** Verbs that only look. */
export const LOOKS: readonly Operation[] = [
  {
    name: 'read',
    prepare: lively,
    run: ({ backend, key }) => backend.read(key),
    answer: (state: object | undefined) => state,
  },
  {
    name: 'transcript',
    prepare: lively,
    run: ({ backend, key }) => collect(backend.transcript(key, { onDamage: 'throw', last: 10 })),
    answer: (records: object[]) => records,
  },
  {
    name: 'archives',
    prepare: lively,
    run: ({ backend, key }) => backend.archives(key),
    answer: (archives: object[]) => archives,
  },
  {
    name: 'revisions',
    prepare: lively,
    run: ({ backend, key }) => backend.revisions(key, { last: 10 }),
    answer: (revisions: object[]) => revisions,
  },
  {
    name: 'size',
    prepare: lively,
    run: ({ backend, key }) => backend.size(key),
    answer: (size: object | undefined) => size,
  },
  {
    name: 'list',
    prepare: lively,
    run: ({ backend }) => collect(backend.list({ order: 'key' })),
    answer: listed,
  },
  {
    name: 'list of a saved list',
    prepare: async (backend, key) => {
      await lively(backend, key);
      await collect(backend.list({ order: 'key' }));
    },
    run: ({ backend }) => collect(backend.list({ order: 'key' })),
    answer: listed,
  },
  {
    name: 'verify',
    prepare: lively,
    run: ({ backend }) => backend.verify(),
    answer: ({ ok, checked }: { ok: boolean; checked: { sessions: number } }) => [ok, checked],
    tells: ({ problems }: { problems: { code: string }[] }) =>
      problems.some(({ code }) => /^(IO_FAILED|DISK_FULL|UNSAFE_PATH)$/.test(code)),
  },
  {
    name: 'figures',
    prepare: lively,
    run: ({ backend }) => backend.figures(),
    answer: ({ sessions, archives }: { sessions: number; archives: number }) => [
      sessions,
      archives,
    ],
  },
];

/** Each with its name in front, for titles. */
export function named(operations: readonly Operation[]): [string, Operation][] {
  return operations.map((operation) => [operation.name, operation]);
}
