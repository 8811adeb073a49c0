import type { Backend } from '../../../src/contract/backend.ts';
import type { Breakage } from './breakage.ts';

/** Ways to break what the contract says of transcripts, archives and removals. */
export const transcriptLaws: readonly Breakage[] = [
  {
    name: 'an append that does not know an id again',
    broken: (good) => ({
      append: (key, record, _ask, guard) => good.append(key, record, {}, guard),
    }),
  },
  {
    name: 'an append under a known id that ignores other content',
    broken: (good) => ({
      async append(key, record, ask, guard) {
        try {
          return await good.append(key, record, ask, guard);
        } catch (error) {
          for await (const first of good.transcript(key, { onDamage: 'skip' })) {
            if (first.id === ask.id) return first;
          }
          throw error;
        }
      },
    }),
  },
  {
    name: 'records that all hang below the root',
    broken: (good) => ({
      append: (key, record, ask, guard) =>
        good.append(key, { ...record, parentId: null }, ask, guard),
    }),
  },
  {
    name: 'a parent that is chosen before the commit',
    broken: (good) => ({
      async append(key, record, ask, guard) {
        let parentId: string | null = null;
        if (await good.read(key)) {
          for await (const last of good.transcript(key, { last: 1, onDamage: 'skip' })) {
            parentId = last.id;
          }
        }
        return good.append(key, { parentId, ...record }, ask, guard);
      },
    }),
  },
  {
    name: 'an append that raises the revision',
    broken: (good) => ({
      async append(key, record, ask, guard) {
        const stored = await good.append(key, record, ask, guard);
        await good.update(key, (entry) => ({ appended: (entry.appended ?? 0) + 1 }), {});
        return stored;
      },
    }),
  },
  {
    name: 'a range that ignores `after`',
    broken: (good) => ({
      transcript: (key, { after: _, ...range }) => good.transcript(key, range),
    }),
  },
  {
    name: 'a range that gives the oldest instead of the last',
    broken: (good) => ({
      async *transcript(key, { last, ...range }) {
        let left = last ?? Number.POSITIVE_INFINITY;
        for await (const record of good.transcript(key, range)) {
          left -= 1;
          if (left < 0) return;
          yield record;
        }
      },
    }),
  },
  {
    name: 'a missing transcript that reads as an empty one',
    broken: (good) => ({
      async *transcript(key, range) {
        if (await good.read(key)) yield* good.transcript(key, range);
      },
    }),
  },
  {
    name: 'a reset that forgets the former conversation',
    broken: (good) => ({ archives: async (key) => (await good.archives(key)).slice(1) }),
  },
  {
    name: 'archives that come oldest first',
    broken: (good) => ({ archives: async (key) => (await good.archives(key)).reverse() }),
  },
  {
    name: 'a reset that keeps everything, whatever it was told',
    broken: (good) => ({
      reset: (key, ask, guard) => good.reset(key, { ...ask, keep: 'all' }, guard),
    }),
  },
  {
    name: 'a reset that keeps the session id',
    broken: (good) => ({
      reset: async (key, _ask, guard) =>
        good.update(key, (entry) => ({ resets: (entry.resets ?? 0) + 1 }), guard),
    }),
  },
  {
    name: 'a restore that brings the conversation back with the entry of today',
    broken: (good) => ({
      async restore(key, sessionId, guard) {
        const before = await good.read(key);
        const state = await good.restore(key, sessionId, guard);
        if (!before || before.sessionId === state.sessionId) return state;
        return good.update(key, before.entry, {});
      },
    }),
  },
  {
    name: 'a removal that only empties the entry',
    broken: (good: Backend) => ({
      async remove(key, guard) {
        const state = await good.read(key);
        if (!state) return good.remove(key, guard);
        const nothing = Object.fromEntries(Object.keys(state.entry).map((field) => [field, null]));
        await good.update(key, nothing, guard);
        return true;
      },
    }),
  },
  {
    name: 'a removal that is undone by what was under way',
    broken(good) {
      const removed = new Set<string>();
      return {
        async remove(key, guard) {
          removed.add(key);
          return good.remove(key, guard);
        },
        async update(key, change, guard) {
          if (!removed.has(key)) return good.update(key, change, guard);
          const { ifExists: _, ...rest } = guard;
          return good.update(key, change, rest);
        },
      };
    },
  },
];
