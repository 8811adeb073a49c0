/**
 * One process of a history: it calls sessions that others call, too, in strands, and notes each call
 * before it is made and after it was told. Its clock jumps. A server that it can not reach may fail
 * a call, and the call says whether it may have been done.
 */
import { openSync, writeSync } from 'node:fs';
import process from 'node:process';
import { openFiles } from '../../../src/backends/files/open-files.ts';
import { openStore, type SessionState, type Store, storeOver } from '../../../src/index.ts';
import { realSystem } from '../../../src/system/system.ts';
import { chanceOf } from '../../frame/run-facts.ts';
import { endWithParent, planOf } from '../../frame/with-parent.ts';
import type { HistorianPlan } from '../historian-plan.ts';
import type { Deed, View } from '../history.ts';

/** Calls that a process has under way at a time. */
const STRANDS = 2;
/** Microseconds for which one session is called most, so that callers meet. */
const HOT_US = 20_000;
const HOUR_MS = 3_600_000;
const TAIL = 5;
const REFUSED_MS = 10;

endWithParent();
const { directory, notes, name, start, seed, keys, calls } = planOf<HistorianPlan>();
const chance = chanceOf(seed);
const fd = openSync(notes, 'a');
const now = () => Number(process.hrtime.bigint() / 1_000n);
let shiftMs = 0;
const rightTime = Date.now;
Date.now = () => rightTime() + shiftMs;
const clock = { ...realSystem.clock, now: Date.now };
const options = { instance: `${name}.${start}`, lockWaitMs: 60_000, onWarning: () => undefined };
const files = { durability: 'process', openFilesMax: 24, ...options } as const;
const store = /^postgres:/.test(directory)
  ? await openServer()
  : await storeOver(await openFiles(directory, files, { ...realSystem, clock }), options);
/** The last revision that this process knows of a session. */
const revs = new Map<string, number>();
const given: string[] = [];
let made = 0;
let values = 0;

const note = (...what: unknown[]) => writeSync(fd, `${JSON.stringify(what)}\n`);

/** The server may be on its way up when this process begins. */
async function openServer(): Promise<Store> {
  for (;;) {
    try {
      return await openStore(directory, options);
    } catch (error) {
      if ((error as { code: unknown }).code !== 'IO_FAILED') throw error;
      await new Promise((resolve) => setTimeout(resolve, REFUSED_MS));
    }
  }
}

/** Notes one call on some sessions; `run` tells what each of them was told. */
async function call<D extends Deed>(asked: string[], deed: D, run: () => Promise<D['out'][]>) {
  const id = `${start}.${made++}`;
  note('from', id, now(), asked, deed);
  try {
    const out = await run();
    note('to', id, now(), out);
  } catch (error) {
    const { code } = error as { code: unknown };
    if (code === 'OUTCOME_UNKNOWN') note('unknown', id, now());
    else if (code === 'IO_FAILED') note('not', id);
    else throw error;
    // The server is on its way up; a thousand calls that fail meanwhile would say nothing more.
    await new Promise((resolve) => setTimeout(resolve, REFUSED_MS));
  }
}

function viewOf(key: string, state: SessionState): View {
  const { rev, sessionId, updatedAt, entry } = state;
  revs.set(key, rev);
  return { rev, sessionId, updatedAt, value: entry.value ?? 0 };
}

/** No other call sets this value. */
function newValue(): number {
  values += 1;
  return (Number(name.slice(1)) * 1_000 + start) * 1_000_000 + values;
}

const read = (key: string) =>
  call([key], { verb: 'read' }, async () => {
    const state = await store.session(key).read();
    return [state ? viewOf(key, state) : null];
  });

function update(key: string) {
  const value = newValue();
  return call([key], { verb: 'update', value }, async () => {
    let before = 0;
    const state = await store.session(key).update((entry) => {
      before = entry.value ?? 0;
      return { value };
    });
    return [{ ...viewOf(key, state), before }];
  });
}

/** What a call was told, or one of the codes that the contract has for it. */
async function orCode<T, C extends string>(run: Promise<T>, ...codes: C[]): Promise<T | C> {
  try {
    return await run;
  } catch (error) {
    const { code } = error as { code: C };
    if (codes.includes(code)) return code;
    throw error;
  }
}

async function updateIf(key: string) {
  if (!revs.has(key) || chance.below(2) === 0) await read(key);
  const ifRev = revs.get(key) ?? 0;
  const value = newValue();
  await call([key], { verb: 'updateIf', value, ifRev }, async () => {
    const updated = store.session(key).update({ value }, { ifRev });
    const told = await orCode(updated, 'REV_CONFLICT', 'SESSION_GONE');
    if (typeof told !== 'string') return [viewOf(key, told)];
    revs.delete(key);
    return [told];
  });
}

/** Sometimes the id of a former call, whose outcome its process may not have lived to see. */
function append(key: string) {
  const again = given.length > 0 && chance.below(10) === 0;
  const id = again ? chance.pick(given) : `${key}#${name}.${start}.${made}`;
  const to = again ? id.slice(0, id.indexOf('#')) : key;
  given.push(id);
  if (given.length > 8) given.shift();
  return call([to], { verb: 'append', id }, async () => {
    const { parentId } = await store.session(to).append({ type: 'note' }, { id });
    return [{ parentId }];
  });
}

const tail = (key: string) =>
  call([key], { verb: 'tail', last: TAIL }, async () => {
    const ids: string[] = [];
    const reading = async () => {
      for await (const { id } of store.session(key).transcript({ last: TAIL })) ids.push(id);
      return ids;
    };
    return [await orCode(reading(), 'SESSION_GONE')];
  });

const list = () =>
  call(keys, { verb: 'row' }, async () => {
    const rows = new Map<string, Omit<View, 'value'>>();
    for await (const { key, rev, sessionId, updatedAt } of store.list()) {
      rows.set(key, { rev, sessionId, updatedAt });
    }
    return keys.map((key) => rows.get(key) ?? null);
  });

const reset = (key: string) =>
  call([key], { verb: 'reset' }, async () => [viewOf(key, await store.session(key).reset())]);

const remove = (key: string) =>
  call([key], { verb: 'remove' }, async () => [await store.session(key).remove()]);

function step(): Promise<void> {
  const hot = keys[Math.floor(now() / HOT_US) % keys.length] as string;
  const key = chance.below(10) < 7 ? hot : chance.pick(keys);
  const choice = chance.below(100);
  if (choice < 22) return read(key);
  if (choice < 42) return update(key);
  if (choice < 58) return updateIf(key);
  if (choice < 78) return append(key);
  if (choice < 86) return tail(key);
  if (choice < 90) return list();
  if (choice < 96) return reset(key);
  return remove(key);
}

async function strand(): Promise<void> {
  while (made < calls) {
    if (chance.below(100) === 0) shiftMs = chance.pick([0, HOUR_MS, -HOUR_MS, 24 * HOUR_MS, 400]);
    await step();
    // What resolved at once must not keep the other strands from going on.
    if (chance.below(4) === 0) await new Promise(setImmediate);
  }
}

process.stdout.write('works\n');
await Promise.all(Array.from({ length: STRANDS }, strand));
process.exit(0);
