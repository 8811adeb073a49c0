import type { Backend } from '../../../src/contract/backend.ts';
import type { Change } from '../../../src/model/state.ts';
import type { Breakage } from './breakage.ts';

/** Ways to break what the contract says of turns, lists and watches. */
export const turnLaws: readonly Breakage[] = [
  {
    name: 'turns that do not exclude each other',
    broken(good) {
      let fence = 1_000;
      return {
        async beginTurn(key, ask) {
          fence += 1;
          const state = (await good.read(key)) ?? (await good.update(key, {}, {}));
          return { fence, startedAt: Date.now(), state: { ...state, label: ask.label } };
        },
        endTurn: async () => undefined,
      };
    },
  },
  {
    name: 'a fence that is not checked',
    broken: (good) => ({
      update: (key, change, { fence: _, ...rest }) => good.update(key, change, rest),
      append: (key, record, ask, { fence: _, ...rest }) => good.append(key, record, ask, rest),
    }),
  },
  {
    name: 'a turn that is never told that it was lost',
    broken: (good) => ({
      beginTurn: (key, ask) => good.beginTurn(key, { ...ask, onLost: () => undefined }),
    }),
  },
  {
    name: 'a turn that is never told that it should stop',
    broken: (good) => ({
      beginTurn: (key, ask) => good.beginTurn(key, { ...ask, onInterrupt: () => undefined }),
    }),
  },
  {
    name: 'an interrupt that overtakes nobody',
    broken: (good) => ({
      beginTurn: (key, { interrupt, ...ask }) =>
        good.beginTurn(key, { ...ask, ...(interrupt && { waitMs: 500 }) }),
    }),
  },
  {
    name: 'an overtaken turn that nobody hears of later',
    broken: (good) => ({
      async beginTurn(key, ask) {
        const { previous: _, ...grant } = await good.beginTurn(key, ask);
        return grant;
      },
    }),
  },
  {
    name: 'a running turn that nobody can see',
    broken: (good) => ({
      async read(key) {
        const { turn: _, ...state } = (await good.read(key)) ?? { key: undefined };
        return state.key === undefined ? undefined : state;
      },
    }),
  },
  {
    name: 'a turn that waits although it was told not to',
    broken: (good) => ({
      beginTurn: (key, ask) =>
        good.beginTurn(key, { ...ask, waitMs: Math.max(ask.waitMs, 60_000) }),
    }),
  },
  {
    name: 'an end of a turn that ends whatever runs',
    broken: (good) => ({
      async endTurn(key, fence) {
        await good.endTurn(key, fence);
        const turn = (await good.read(key))?.turn;
        if (turn) await good.endTurn(key, turn.fence);
      },
    }),
  },
  {
    name: 'a list that ignores its agent',
    broken: (good) => ({ list: ({ agentId: _, ...query }) => good.list(query) }),
  },
  {
    name: 'a list that ignores its limit',
    broken: (good) => ({ list: ({ limit: _, ...query }) => good.list(query) }),
  },
  {
    name: 'a list that is always sorted by key',
    broken: (good) => ({ list: (query) => good.list({ ...query, order: 'key' }) }),
  },
  {
    name: 'a list that shows what was removed',
    broken(good) {
      const removed: { key: string; agentId: string }[] = [];
      return {
        async remove(key, guard) {
          for await (const row of good.list({ order: 'key' })) {
            if (row.key === key) removed.push(row);
          }
          return good.remove(key, guard);
        },
        async *list(query) {
          yield* good.list(query);
          for (const row of removed) if (row.agentId === query.agentId) yield row as never;
        },
      };
    },
  },
  {
    name: 'a watch that hears nothing before the first question',
    broken: (good) => ({
      async *watch(signal) {
        yield* good.watch(signal);
      },
    }),
  },
  {
    name: 'a watch that is not told of removals',
    broken: (good) => ({ watch: without(good, 'remove') }),
  },
  {
    name: 'a watch that is not told of appends',
    broken: (good) => ({ watch: without(good, 'append') }),
  },
  {
    name: 'a watch that is not told of turns',
    broken: (good) => ({ watch: without(good, 'turn') }),
  },
  {
    name: 'a verify that complains about healthy sessions',
    broken: (good) => ({
      async verify() {
        const report = await good.verify();
        for await (const { key } of good.list({ order: 'key' })) {
          const message = 'it looks odd';
          report.problems.push({ code: 'ORPHAN', severity: 'notice', key, message, remedy: '-' });
        }
        return report;
      },
    }),
  },
];

function without(good: Backend, kind: Change['kind']): Backend['watch'] {
  return (signal) => {
    const changes = good.watch(signal)[Symbol.asyncIterator]();
    const next = async (): Promise<IteratorResult<Change>> => {
      const result = await changes.next();
      return !result.done && result.value.kind === kind ? next() : result;
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  };
}
