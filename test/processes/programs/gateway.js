/**
 * A process with one store that does what its parent asks for: calls of sessions, turns that last
 * until they are told to end, and a commit that stays inside its lock.
 */
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore, storeOver } from 'holdfast';
import { openFiles } from '../../../dist/backends/files/open-files.js';
import { realSystem } from '../../../dist/system/system.js';
import { answer, blockUntil } from './parent.js';

let store;
let shiftMs = 0;
const turns = new Map();
/** Longer than any test. */
const LONG_MS = 300_000;
const increment = (field) => (entry) => ({ [field]: (entry[field] ?? 0) + 1 });

async function collect(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A store on a machine whose clock is wrong by `shiftMs`. */
async function openShifted(directory, options) {
  const clock = { ...realSystem.clock, now: () => Date.now() + shiftMs };
  const settings = { durability: 'process', instance: 'shifted', lockWaitMs: 10_000 };
  const more = { openFilesMax: 128, onWarning: () => undefined, ...options };
  return storeOver(
    await openFiles(directory, { ...settings, ...more }, { ...realSystem, clock }),
    options,
  );
}

function beginTurn(key, options) {
  return new Promise((resolve, reject) => {
    const abort = new AbortController();
    const end = {};
    const told = new Promise((finish, fail) => {
      Object.assign(end, { finish, fail });
    });
    const settled = store.session(key).turn(
      (turn) => {
        turns.set(key, { turn, end, abort, settled });
        // A task that heeds its signal: it fails with the reason at the await at which it is.
        turn.signal.addEventListener('abort', () => end.fail(turn.signal.reason));
        if (options?.heedless) end.fail = () => undefined;
        const { fence, sessionId, previous } = turn;
        resolve({ fence, sessionId, previous });
        return told;
      },
      { ...options?.turn, signal: abort.signal },
    );
    settled.catch(reject);
  });
}

async function endTurn(key, how) {
  const { end, abort, settled } = turns.get(key);
  if (how === 'return') end.finish();
  else if (how === 'throw') end.fail(new Error('the task failed'));
  else if (how === 'abort') abort.abort(new Error('the caller gave up'));
  return settled.then(
    () => 'resolved',
    (error) => error.code ?? error.message,
  );
}

answer({
  async open(directory, options, shift) {
    shiftMs = shift ?? 0;
    store = await (shift === undefined
      ? openStore(directory, options)
      : openShifted(directory, options));
  },
  call: (key, method, ...given) => store.session(key)[method](...given),
  transcript: (key, options) => collect(store.session(key).transcript(options)),
  list: (options) => collect(store.list(options)),
  step(ms) {
    shiftMs = ms;
  },
  /** Increments at once, or each after the one before. */
  async increment(key, field, times, atOnce) {
    const session = store.session(key);
    if (atOnce) {
      return Promise.all(Array.from({ length: times }, () => session.update(increment(field))));
    }
    for (let n = 0; n < times; n += 1) await session.update(increment(field));
    return undefined;
  },
  /** The same with a precondition and a patch: each conflict is decided anew. */
  async incrementOptimistically(key, field, times) {
    const session = store.session(key);
    let conflicts = 0;
    for (let done = 0; done < times; ) {
      const state = await session.read();
      // Somebody else may come in between.
      await pause(0);
      try {
        await session.update(
          { [field]: (state?.entry[field] ?? 0) + 1 },
          { ifRev: state?.rev ?? 0 },
        );
        done += 1;
      } catch (error) {
        if (error.code !== 'REV_CONFLICT') throw error;
        conflicts += 1;
      }
    }
    return conflicts;
  },
  /** Appends records at once; the ids that were acknowledged. */
  async append(key, by, times, from = 0) {
    const session = store.session(key);
    const record = (n) => ({ type: 'note', by, n: from + n });
    const all = Array.from({ length: times }, (_, n) => session.append(record(n)));
    return (await Promise.all(all)).map(({ id }) => id);
  },
  beginTurn,
  endTurn,
  turnCall: (key, method, ...given) => turns.get(key).turn[method](...given),
  lanes: () => store.lanes(),
  /** How a wait for a turn ends, by an abort after a while or by itself. */
  async waitForTurn(key, options, abortMs) {
    const abort = new AbortController();
    const waited = store
      .session(key)
      .turn(() => 'began', { ...options, signal: abort.signal })
      .catch((error) => error.code ?? error.message);
    setTimeout(() => abort.abort(new Error('the caller gave up')), abortMs ?? LONG_MS).unref();
    return waited;
  },
  /** An update whose function fails inside the lock. */
  async failInCommit(key, what) {
    const failing = {
      throws: () => {
        throw new Error('the function failed');
      },
      'returns a promise': async () => ({ n: 1 }),
      'returns no JSON': () => ({ n: 1n }),
      'is too large': () => ({ n: 'x'.repeat(2_000_000) }),
    };
    return store
      .session(key)
      .update(failing[what])
      .then(
        () => 'accepted',
        () => 'refused',
      );
  },
  /** A lock of the kernel on any file, as a program that looks at it may have. */
  lockFile(path) {
    if (!realSystem.lock.tryShare(openSync(path, 'a+'))) throw new Error('it is locked');
  },
  turnAborted: (key) => turns.get(key).turn.signal.aborted,
  /** A run as a boot job or a heartbeat makes it; the state after it. */
  async run(key) {
    await store.session(key).turn(async (turn) => {
      await turn.append({ type: 'message', key });
      await turn.update(increment('runs'));
    });
    return store.session(key).read();
  },
  async create(count) {
    for (let n = 0; n < count; n += 1) await store.session(`agent:main:chat:${n}`).update({ n });
  },
  /** Hangs until a file is there, and then writes in all its turns before it can look at anything. */
  async hangThenWrite(inside, until) {
    writeFileSync(inside, '');
    blockUntil(() => existsSync(until));
    const writes = [...turns.values()].flatMap(({ turn }) => [
      turn.update({ by: 'former' }),
      turn.append({ type: 'message', by: 'former' }),
    ]);
    return Promise.all(
      writes.map((write) =>
        write.then(
          () => 'written',
          (error) => error.code,
        ),
      ),
    );
  },
  /** Turns that do nothing, one after another. */
  async shortTurns(key, times) {
    for (let n = 0; n < times; n += 1) await store.session(key).turn(() => undefined);
  },
  /** A turn that waits for a provider, as a turn of an agent does. */
  async consult(key, url) {
    await store.session(key).turn(async (turn) => {
      await turn.append({ type: 'note', by: 'user' });
      const answered = await fetch(url, { signal: turn.signal });
      await turn.append({ type: 'note', by: 'provider', text: await answered.text() });
    });
  },
  /** A commit that does not leave its lock before the file `until` is there. */
  async stayInCommit(key, inside, until) {
    await store.session(key).update((entry) => {
      writeFileSync(inside, '');
      blockUntil(() => existsSync(until));
      return { stays: (entry.stays ?? 0) + 1 };
    });
  },
  pid: () => process.pid,
  close: () => store.close(),
});
