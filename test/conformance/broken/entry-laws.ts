import type { Backend, Guard } from '../../../src/contract/backend.ts';
import type { SessionState } from '../../../src/model/state.ts';
import type { Breakage } from './breakage.ts';

/** Hands every write on with a changed guard. */
const guarded = (change: (guard: Guard) => Guard) => (good: Backend) => ({
  update: (...[key, patch, guard]: Parameters<Backend['update']>) =>
    good.update(key, patch, change(guard)),
  append: (...[key, record, ask, guard]: Parameters<Backend['append']>) =>
    good.append(key, record, ask, change(guard)),
  reset: (...[key, ask, guard]: Parameters<Backend['reset']>) =>
    good.reset(key, ask, change(guard)),
  restore: (...[key, id, guard]: Parameters<Backend['restore']>) =>
    good.restore(key, id, change(guard)),
  remove: (...[key, guard]: Parameters<Backend['remove']>) => good.remove(key, change(guard)),
});

/** Ways to break what the contract says of entries and guards. */
export const entryLaws: readonly Breakage[] = [
  {
    name: 'a read that is served from a cache',
    broken(good) {
      const seen = new Map<string, SessionState>();
      return {
        async read(key) {
          const state = seen.get(key) ?? (await good.read(key));
          if (state) seen.set(key, state);
          return state;
        },
      };
    },
  },
  {
    name: 'a missing session that reads as an empty one',
    broken: (good) => ({
      read: async (key) => (await good.read(key)) ?? good.update(key, {}, {}),
    }),
  },
  {
    name: 'an update that computes its patch before the commit',
    broken: (good) => ({
      async update(key, change, guard) {
        const state = await good.read(key);
        const patch =
          typeof change === 'function' ? change(state?.entry ?? {}, state?.sessionId) : change;
        await Promise.resolve();
        return good.update(key, patch, guard);
      },
    }),
  },
  {
    name: 'an update that changes nothing and commits all the same',
    broken: (good) => ({
      async update(key, change, guard) {
        await good.update(key, change, guard);
        await good.update(key, (entry) => ({ touched: !entry.touched }), {});
        return good.update(key, { touched: null }, {});
      },
    }),
  },
  {
    name: 'an update that is acknowledged and not made',
    broken: (good) => ({
      async update(key, change, guard) {
        const before = await good.read(key);
        if (before?.rev === 20) return { ...before, rev: 21 };
        return good.update(key, change, guard);
      },
    }),
  },
  {
    name: 'a state whose entry can be changed by whoever reads it',
    broken(good) {
      const entries = new Map<string, SessionState>();
      const thaw = (state: SessionState) => {
        const thawed = { ...state, entry: structuredClone(state.entry) };
        entries.set(state.key, thawed);
        return thawed;
      };
      return {
        async read(key) {
          const state = await good.read(key);
          const shared = entries.get(key);
          return state && shared?.rev === state.rev ? shared : state && thaw(state);
        },
      };
    },
  },
  { name: 'ifRev that is not checked', broken: guarded(({ ifRev: _, ...rest }) => rest) },
  {
    name: 'ifSessionId that is not checked',
    broken: guarded(({ ifSessionId: _, ...rest }) => rest),
  },
  { name: 'ifExists that is not checked', broken: guarded(({ ifExists: _, ...rest }) => rest) },
  {
    name: 'ifRev that is checked before the commit',
    broken: (good) => ({
      async update(key, change, { ifRev, ...rest }) {
        const before = await good.read(key);
        await Promise.resolve();
        if (ifRev !== undefined && (before?.rev ?? 0) !== ifRev) {
          return good.update(key, change, { ifRev, ...rest });
        }
        return good.update(key, change, rest);
      },
    }),
  },
  {
    name: 'an adoption that replaces what is there',
    broken: (good) => ({
      async adopt(key, past) {
        await good.remove(key, {});
        return good.adopt(key, past);
      },
    }),
  },
  {
    name: 'an adoption that counts from one again',
    broken: (good) => ({
      adopt: (key, { rev: _rev, ...past }) => good.adopt(key, past),
    }),
  },
  {
    name: 'a conversation that is archived now instead of when it was',
    broken: (good) => ({
      adoptNext: (key, next, guard) =>
        good.adoptNext(key, { ...next, archivedAt: Date.now() }, guard),
    }),
  },
  {
    name: 'a next conversation of which nobody asked whether it is there',
    broken: (good) => ({
      adoptNext: (key, next, guard) =>
        good.adoptNext(key, { ...next, sessionId: `${next.sessionId}.${Math.random()}` }, guard),
    }),
  },
  {
    name: 'keys that are told apart without regard to case',
    broken: (good) => ({
      update: (key, change, guard) => good.update(key.replace(/:x:A$/, ':x:a'), change, guard),
    }),
  },
];
