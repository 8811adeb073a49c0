/** What two and three processes do at the same time, protocol by protocol. */
import type { Scenario } from './scenario.ts';
import {
  append,
  begin,
  elsewhere,
  end,
  fenced,
  fold,
  follows,
  hears,
  hearsRemoval,
  increment,
  list,
  listTurns,
  read,
  remove,
  reset,
  restore,
  type Step,
  set,
  tidy,
  watch,
} from './steps.ts';

const there = { steps: [set('n', 0)] };
const nothing = { steps: [] };
const up = increment('n');
/** Everything that it needs is open. */
const warm = [up];
/** It has a journal, and nothing of the session. */
const cold = (process: number): readonly Step[] => [elsewhere(String(process))];
const overtake = begin({ graceMs: 0 });

const of = (
  name: string,
  more: Omit<Scenario, 'name' | 'before'> & Partial<Scenario>,
): Scenario => ({
  name,
  before: there,
  ...more,
});

export const LOCK: readonly Scenario[] = [
  of('two commit twice each', {
    warm: [warm, warm],
    steps: [
      [up, up],
      [up, up],
    ],
  }),
  of('one is warm, one has never seen the session', {
    warm: [warm, cold(1)],
    steps: [
      [up, up],
      [up, read],
    ],
  }),
  of('two make the session', {
    heavy: true,
    before: nothing,
    warm: [cold(0), cold(1)],
    steps: [[up], [up]],
  }),
  of('a precondition and a rival', {
    warm: [warm, warm],
    steps: [
      [increment('n', { ifRev: 3 }), read],
      [increment('n', { ifRev: 3 }), read],
    ],
  }),
  of('one dies in a commit', {
    warm: [warm, warm],
    steps: [
      [up, up],
      [up, read],
    ],
    deaths: [0],
  }),
  of('a reader beside two writers', {
    warm: [warm, warm, [read]],
    steps: [[up], [up], [read, read]],
  }),
  of('three commit', { warm: [warm, warm, warm], steps: [[up], [up], [up]] }),
];

export const FOLD: readonly Scenario[] = [
  of('a fold and two commits', {
    warm: [warm, warm],
    steps: [
      [fold, up],
      [up, up],
    ],
  }),
  of('two fold', { warm: [warm, warm], steps: [[fold], [fold]] }),
  of('a fold and a reader', {
    warm: [warm, [read]],
    steps: [
      [fold, up],
      [read, read],
    ],
  }),
  of('a fold and a removal', {
    heavy: true,
    warm: [warm, warm],
    steps: [[fold], [remove, up]],
  }),
  of('a fold, and a longer log in its place', {
    heavy: true,
    before: { steps: [] },
    warm: [warm, [read]],
    steps: [[fold], [remove, set('text', 'x'.repeat(80)), up]],
  }),
  of('a fold, and one who comes new', { warm: [warm, cold(1)], steps: [[fold], [up]] }),
  of('a process dies in a fold', { warm: [warm, warm], steps: [[fold], [up, read]], deaths: [0] }),
  of('a process dies beside a fold', { warm: [warm, warm], steps: [[fold], [up]], deaths: [1] }),
  of('a fold and two commits, inodes used again', {
    heavy: true,
    warm: [warm, warm],
    steps: [
      [fold, up],
      [up, up],
    ],
    reuse: true,
  }),
  of('two fold, one commits', {
    heavy: true,
    warm: [warm, warm, warm],
    steps: [[fold], [fold], [up]],
  }),
  of('a fold, a commit, a reader', {
    heavy: true,
    warm: [warm, warm, [read]],
    steps: [[fold], [up], [read]],
  }),
];

export const REMOVE: readonly Scenario[] = [
  of('a removal and a commit', { warm: [warm, warm], steps: [[remove], [up, read]] }),
  of('removed and made anew beside a commit', {
    heavy: true,
    warm: [warm, warm],
    steps: [[remove, up], [up]],
  }),
  of('two remove', {
    heavy: true,
    warm: [warm, warm],
    steps: [[remove, up], [remove]],
  }),
  of('a removal and an append', { warm: [warm, warm], steps: [[remove], [append('a')]] }),
  of('a removal and a reset', { warm: [warm, warm], steps: [[remove], [reset]] }),
  of('a removal and a reader', {
    warm: [warm, [read]],
    steps: [
      [remove, up],
      [read, read],
    ],
  }),
  of('a removal, and one who comes new', { warm: [warm, cold(1)], steps: [[remove], [up]] }),
  of('removed and made anew, inodes used again', {
    heavy: true,
    warm: [warm, warm],
    steps: [
      [remove, up],
      [up, read],
    ],
    reuse: true,
  }),
  of('a process dies in a removal', {
    warm: [warm, warm],
    steps: [[remove], [up, read]],
    deaths: [0],
  }),
  of('an opening beside a removal', {
    warm: [warm, warm],
    steps: [[remove], [tidy, up]],
  }),
  of('a removal, a commit, a reader', {
    heavy: true,
    warm: [warm, warm, [read]],
    steps: [[remove], [up], [read]],
  }),
  of('two remove, one commits', {
    heavy: true,
    warm: [warm, warm, warm],
    steps: [[remove], [remove], [up]],
  }),
];

export const RESET: readonly Scenario[] = [
  of('a reset and an append', { warm: [warm, warm], steps: [[reset], [append('a')]] }),
  of('a reset and a commit', {
    warm: [warm, warm],
    steps: [
      [reset, up],
      [up, read],
    ],
  }),
  of('two reset', { warm: [warm, warm], steps: [[reset], [reset]] }),
  of('a restore and an append', {
    before: { steps: [set('n', 0), append('first'), reset] },
    warm: [warm, warm],
    steps: [[restore], [append('a')]],
  }),
  of('a process dies in a reset', {
    warm: [warm, warm],
    steps: [[reset], [append('a')]],
    deaths: [0],
  }),
  of('two append with one id', {
    warm: [[append('first')], [append('second')]],
    steps: [[append('a', 'one')], [append('a', 'one'), append('b')]],
  }),
];

export const TURNS: readonly Scenario[] = [
  of('overtaken while it writes', {
    warm: [[begin()], warm],
    steps: [[fenced('n')], [overtake, fenced('n')]],
  }),
  of('overtaken while it ends', { warm: [[begin()], warm], steps: [[end], [overtake]] }),
  of('one waits for the end of the other', { warm: [[begin()], warm], steps: [[end], [begin()]] }),
  of('two come after a holder that died', {
    before: { steps: [set('n', 0), begin()], dies: true },
    warm: [warm, warm],
    steps: [[begin({ waitMs: 0 })], [begin({ waitMs: 0 })]],
  }),
  of('a reset beside a turn that writes', {
    warm: [[begin()], warm],
    steps: [[fenced('n')], [reset, up]],
  }),
  of('a removal beside a turn that writes', {
    warm: [[begin()], warm],
    steps: [[fenced('n')], [remove]],
  }),
  of('the holder dies', {
    heavy: true,
    warm: [[begin()], warm],
    steps: [[fenced('n'), end], [begin()]],
    deaths: [0],
  }),
];

export const LISTING: readonly Scenario[] = [
  of('a listing and a commit', { warm: [warm, [list]], steps: [[up], [list, list]] }),
  of('a writer dies beside a listing', {
    warm: [warm, [list]],
    steps: [[up], [read, list, read]],
    deaths: [0],
  }),
  of('a listing and a removal', { warm: [warm, [list]], steps: [[remove], [list, list]] }),
  of('a listing beside two writers', {
    heavy: true,
    warm: [cold(0), cold(1), [list]],
    steps: [[up], [up], [list, list]],
  }),
  of('a listing and a turn', {
    warm: [warm, [list]],
    steps: [[begin()], [list, listTurns]],
  }),
  of('a watcher beside two writers', {
    heavy: true,
    warm: [cold(0), cold(1), [watch]],
    steps: [[up], [up], [hears(3)]],
  }),
  of('a watcher, a record, a commit', {
    heavy: true,
    warm: [[append('a')], warm, [watch]],
    steps: [[append('b')], [up], [follows(2)]],
  }),
  of('a watcher and a removal', {
    warm: [warm, [watch]],
    steps: [[remove], [hearsRemoval]],
  }),
  of('a listing and a new session', {
    before: nothing,
    warm: [cold(0), [list]],
    steps: [[up], [list, list]],
  }),
];
