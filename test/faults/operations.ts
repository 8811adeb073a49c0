import { join } from 'node:path';
import type { Backend, TurnAsk } from '../../src/contract/backend.ts';
import type { NewRecord } from '../../src/model/state.ts';
import { directoryOf } from '../files/paths-of-session.ts';

/** One verb on one session, with what has to be there before. */
export interface Operation {
  name: string;
  /** Done while everything works. */
  prepare?(backend: Backend, key: string): Promise<unknown>;
  run(backend: Backend, key: string): Promise<unknown>;
}

export const said = (text: string): NewRecord => ({ type: 'note', text });
const holder = { host: 'here', pid: 1, instance: 'sweep' };

export const turnAsk: TurnAsk = {
  holder,
  waitMs: 0,
  onInterrupt: () => undefined,
  onLost: () => undefined,
};

/** A session with an entry, two records, and an archived conversation. */
export async function lively(backend: Backend, key: string) {
  await backend.update(key, { model: 'opus', n: 0 }, {});
  await backend.append(key, said('first'), {}, {});
  await backend.reset(key, { reason: 'new', keep: 'all' }, {});
  await backend.append(key, said('second'), {}, {});
}

async function former(backend: Backend, key: string): Promise<string> {
  return (await backend.archives(key))[0]?.sessionId ?? 'none';
}

/** Large enough for a blob, and seen by another session already. */
export const large = { list: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };

export const OPERATIONS: readonly Operation[] = [
  { name: 'create', run: (backend, key) => backend.update(key, { n: 1 }, {}) },
  {
    name: 'update',
    prepare: lively,
    run: (backend, key) => backend.update(key, { n: 1, model: null }, {}),
  },
  {
    name: 'update with a large value',
    async prepare(backend, key) {
      await lively(backend, key);
      await backend.update(`${key}:other`, { large: { ...large, key } }, {});
    },
    run: (backend, key) => backend.update(key, { large: { ...large, key } }, {}),
  },
  {
    name: 'append',
    prepare: lively,
    run: (backend, key) => backend.append(key, said('third'), {}, {}),
  },
  {
    name: 'append with an id',
    prepare: lively,
    run: (backend, key) => backend.append(key, said('third'), { id: 'delivery-3' }, {}),
  },
  {
    name: 'append to a missing session',
    run: (backend, key) => backend.append(key, said('first'), {}, {}),
  },
  {
    name: 'reset',
    prepare: lively,
    run: (backend, key) => backend.reset(key, { reason: 'again', keep: ['n'] }, {}),
  },
  {
    name: 'restore',
    prepare: lively,
    run: async (backend, key) => backend.restore(key, await former(backend, key), {}),
  },
  { name: 'remove', prepare: lively, run: (backend, key) => backend.remove(key, {}) },
  {
    name: 'adopt',
    run: (backend, key) => {
      const past = { sessionId: 'old', entry: { n: 1 }, createdAt: 1, updatedAt: 2 };
      return backend.adopt(key, past);
    },
  },
  {
    name: 'adopt the next conversation',
    prepare: lively,
    run: (backend, key) => {
      const times = { archivedAt: 3, beganAt: 4, updatedAt: 5 };
      const next = { reason: 'later', sessionId: 'next', entry: { n: 2 }, ...times };
      return backend.adoptNext(key, next, {});
    },
  },
  {
    name: 'begin a turn in a missing session',
    run: (backend, key) => backend.beginTurn(key, turnAsk),
  },
  { name: 'begin a turn', prepare: lively, run: (backend, key) => backend.beginTurn(key, turnAsk) },
  {
    name: 'end a turn',
    async prepare(backend, key) {
      await lively(backend, key);
      await backend.beginTurn(key, turnAsk);
    },
    run: (backend, key) => backend.endTurn(key, 1),
  },
  {
    name: 'update in a turn',
    async prepare(backend, key) {
      await lively(backend, key);
      await backend.beginTurn(key, turnAsk);
    },
    run: (backend, key) => backend.update(key, { n: 1 }, { fence: 1 }),
  },
];

/** The log of a session that was never folded. */
export const firstLog = (root: string, key: string) => join(directoryOf(root, key), 'meta.1.jsonl');
