import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { collect } from '../files/collect.ts';
import { generationsOf, largePatch, untilFoldIsNear } from '../files/folding.ts';
import { openStoreAt, type StoreAt } from '../files/open-store-at.ts';
import { pathsOf } from '../files/paths-of-session.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { bytesOf, filesMatching } from '../files/tree-of.ts';
import { FaultySystem } from './faulty-system.ts';
import { outcomeOf, viewOf } from './view-of-session.ts';

// Windows refuses to rename a file that a virus scanner has open; here the seam refuses.
const HELD = ['EPERM', 'EACCES', 'EBUSY'];
const KEY = 'agent:main:main';
const large = { skills: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };

interface Replacement {
  prepare(at: StoreAt, root: string): Promise<unknown>;
  run(backend: Backend): Promise<unknown>;
  /** What the caller or the operator hears when the file is never given back. */
  told: string;
}

const REPLACEMENTS: Record<string, Replacement> = {
  archive: {
    prepare: ({ backend }) => backend.append(KEY, { type: 'note', text: 'said' }, {}, {}),
    run: (backend) => backend.reset(KEY, { reason: 'new', keep: 'all' }, {}),
    told: 'IO_FAILED',
  },
  blob: {
    async prepare({ backend }) {
      await backend.update('agent:main:other', { large }, {});
      await backend.update(KEY, { n: 1 }, {});
    },
    run: (backend) => backend.update(KEY, { large }, {}),
    told: 'IO_FAILED',
  },
  fold: {
    prepare: ({ backend }, root) => untilFoldIsNear(backend, root, KEY),
    async run(backend) {
      for (let n = 1; n <= 8; n++) await backend.update(KEY, largePatch(n), {});
    },
    told: 'FOLD_FAILED',
  },
  'saved list': {
    prepare: ({ backend }) => backend.update(KEY, { n: 1 }, {}),
    run: (backend) => collect(backend.list({ order: 'key' })),
    told: 'LIST_NOT_SAVED',
  },
};

describe.each(Object.entries(REPLACEMENTS))('%s', (name, { prepare, run, told }) => {
  test.each(HELD)(
    'R4.2 a file that is held with %s for 2 s and then given back is replaced',
    async (errno) => {
      const root = temporaryDirectory();
      const system = new FaultySystem();
      const opened = await openStoreAt(root, { system });
      await prepare(opened, root);
      const until = system.time.elapsed() + 2_000;
      let refusedTimes = 0;
      system.intervene = (call) => {
        if (call.name !== 'rename' || system.time.elapsed() >= until) return undefined;
        refusedTimes += 1;
        return { errno };
      };
      const { backend: reader } = await openStoreAt(root);
      const running = run(opened.backend);
      // Whoever reads meanwhile sees what is there, whole.
      for (let n = 0; n < 20; n++) await viewOf(reader, KEY);
      await running;
      await opened.store.close();
      expect(refusedTimes).toBeGreaterThan(3);
      expect(system.time.elapsed()).toBeGreaterThanOrEqual(until);
      expect(opened.warnings).toEqual([]);
      expect(filesMatching(root, /\.tmp-/)).toEqual([]);
      if (name === 'fold') expect(generationsOf(root, KEY)).toEqual([2]);
      if (name === 'saved list') {
        expect(filesMatching(pathsOf(root, 'main').changes, /list\.1\.jsonl$/)).toHaveLength(1);
      }
    },
  );

  test.each(HELD)(
    'R4.3 a file that is held with %s for ever: an error, the old content, no temp file',
    async (errno) => {
      const root = temporaryDirectory();
      const system = new FaultySystem();
      const { store, backend, warnings } = await openStoreAt(root, { system });
      await prepare({ store, backend, warnings }, root);
      const before = bytesOf(root);
      system.intervene = (call) => (call.name === 'rename' ? { errno } : undefined);
      const outcome = await outcomeOf(() => run(backend));
      system.intervene = (call) => (call.name === 'rename' ? { errno } : undefined);
      const seen = await viewOf(backend, KEY);
      await store.close();
      expect([outcome, ...warnings.map(({ code }) => code)]).toContain(told);
      expect(filesMatching(root, /\.tmp-/)).toEqual([]);
      const after = bytesOf(root);
      const gone = Object.keys(before).filter((path) => !(path in after));
      expect(gone).toEqual([]);
      const { backend: reader } = await openStoreAt(root);
      expect(await viewOf(reader, KEY)).toEqual(seen);
      expect(outcome).toBe(told === 'IO_FAILED' ? 'IO_FAILED' : undefined);
      await run(reader);
    },
  );
});
