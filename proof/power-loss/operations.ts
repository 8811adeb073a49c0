/** The verbs of which the sequences are made, each with what it makes of a session. */
import { foldLog } from '../../src/backends/files/fold-log.ts';
import type { OpenedStore } from '../../src/backends/files/opened-store.ts';
import type { Backend, TurnAsk } from '../../src/contract/backend.ts';
import type { Told, View } from './view.ts';

export const KEY = 'agent:main:slack:channel:c1';
/** It is only looked at, and nothing of it may change. */
export const BYSTANDER = 'agent:main:main';
/** Where a large value was seen before, so that it is stored once from then on. */
export const SEEN = 'agent:main:seen';

/** Where an operation runs: the store, and the session as it is before. */
export interface Scene {
  readonly backend: Backend;
  readonly store: OpenedStore;
  readonly before: View;
  /** The fence of the turn that runs. */
  fence: number | undefined;
  /** Of this operation; no two have the same. */
  readonly n: number;
}

export interface Operation {
  readonly name: string;
  /** Whether it does anything to a session like this one. */
  fits(scene: Pick<Scene, 'before' | 'fence'>): boolean;
  /** Resolves, once it was acknowledged, to what has to be seen from then on. */
  run(scene: Scene): Promise<View>;
  /**
   * What it promises when it is acknowledged. `written`: it survives a power loss with `durability:
   * 'power'`. `nothing`: it changes nothing that is promised.
   */
  readonly promise: 'written' | 'nothing';
}

const holder = { host: 'memory', pid: 1, instance: 'proof' };

export const turnAsk: TurnAsk = {
  holder,
  waitMs: 0,
  onInterrupt: () => undefined,
  onLost: () => undefined,
};

/** Longer than a sector, so that a part of it can be missing. */
const pad = (n: number) => `${n}`.repeat(600);
const large = { skills: Array.from({ length: 400 }, (_, n) => `skill ${n}`) };

const exists = ({ before }: Pick<Scene, 'before'>) => before.told !== undefined;
const isNew = (scene: Pick<Scene, 'before'>) => !exists(scene);
const always = () => true;

/** The session with a conversation that nobody has heard of before. */
function begun(
  rev: number,
  sessionId: string,
  entry: Told['entry'],
  { told, records }: View,
): View {
  const next = { rev, sessionId, entry, archives: told?.archives ?? [] };
  return { told: next, records: new Map(records).set(sessionId, records.get(sessionId) ?? []) };
}

/** The session after a commit of its entry, or a new one. */
function updated(before: View, sessionId: string, set: Told['entry']): View {
  const { told } = before;
  if (!told) return begun(1, sessionId, set, before);
  return { ...before, told: { ...told, rev: told.rev + 1, entry: { ...told.entry, ...set } } };
}

function archived(told: Told, reason: string, without?: string): Told['archives'] {
  const { sessionId, entry } = told;
  return [...told.archives, { sessionId, entry, reason }]
    .filter((one) => one.sessionId !== without)
    .sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
}

async function set({ backend, before }: Scene, patch: Told['entry']): Promise<View> {
  const { sessionId } = await backend.update(KEY, patch, {});
  return updated(before, sessionId, patch);
}

async function append({ backend, before, n }: Scene): Promise<View> {
  const text = `${n} ${pad(n)}`;
  await backend.append(KEY, { type: 'note', text }, {}, {});
  const state = await backend.read(KEY);
  const sessionId = state?.sessionId ?? 'none';
  const after = before.told ? before : begun(1, sessionId, {}, before);
  const said = [...(after.records.get(sessionId) ?? []), text];
  return { ...after, records: new Map(after.records).set(sessionId, said) };
}

async function reset({ backend, before, n }: Scene): Promise<View> {
  const reason = `reset ${n}`;
  const { sessionId } = await backend.reset(KEY, { reason, keep: ['model'] }, {});
  const { told } = before;
  if (!told) return begun(1, sessionId, {}, before);
  const { model } = told.entry;
  const entry = model === undefined ? {} : { model };
  const after = begun(told.rev + 1, sessionId, entry, before);
  return { ...after, told: { ...(after.told as Told), archives: archived(told, reason) } };
}

async function restore({ backend, before }: Scene): Promise<View> {
  const told = before.told as Told;
  const wanted = told.archives[0] as Told['archives'][number];
  await backend.restore(KEY, wanted.sessionId, {});
  const { sessionId, entry } = wanted;
  const archives = archived(told, 'restore', sessionId);
  return { ...before, told: { rev: told.rev + 1, sessionId, entry, archives } };
}

async function beginTurn(scene: Scene): Promise<View> {
  const { fence, state } = await scene.backend.beginTurn(KEY, turnAsk);
  scene.fence = fence;
  const { before } = scene;
  return before.told ? before : begun(1, state.sessionId, {}, before);
}

async function endTurn(scene: Scene): Promise<View> {
  await scene.backend.endTurn(KEY, scene.fence as number);
  scene.fence = undefined;
  return scene.before;
}

async function fold({ store, before }: Scene): Promise<View> {
  await foldLog(store, store.session(KEY));
  return before;
}

async function setLarge(scene: Scene): Promise<View> {
  const value = { ...large, n: scene.n };
  await scene.backend.update(SEEN, { value }, {});
  return set(scene, { large: value });
}

async function adopt({ backend, before, n }: Scene): Promise<View> {
  const past = { sessionId: `old-${n}`, entry: { model: 'opus', n }, createdAt: 1, updatedAt: 2 };
  await backend.adopt(KEY, past);
  return begun(1, past.sessionId, past.entry, before);
}

async function remove({ backend, before }: Scene): Promise<View> {
  await backend.remove(KEY, {});
  return { told: undefined, records: before.records };
}

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'update',
    fits: always,
    run: (scene) => set(scene, { n: scene.n, pad: pad(scene.n) }),
    promise: 'written',
  },
  { name: 'append', fits: always, run: append, promise: 'written' },
  { name: 'reset', fits: always, run: reset, promise: 'written' },
  {
    name: 'restore',
    fits: ({ before }) => (before.told?.archives.length ?? 0) > 0,
    run: restore,
    promise: 'written',
  },
  { name: 'remove', fits: exists, run: remove, promise: 'written' },
  {
    name: 'begin a turn',
    fits: ({ fence }) => fence === undefined,
    run: beginTurn,
    promise: 'nothing',
  },
  {
    name: 'end a turn',
    fits: ({ fence }) => fence !== undefined,
    run: endTurn,
    promise: 'nothing',
  },
  { name: 'fold', fits: exists, run: fold, promise: 'nothing' },
  { name: 'update with a large value', fits: always, run: setLarge, promise: 'written' },
  { name: 'adopt', fits: isNew, run: adopt, promise: 'written' },
];
