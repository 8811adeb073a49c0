import { CallLog } from '../load/call-log.js';
import { watchLoop } from '../load/loop-watch.js';
import { bytesWritten } from '../load/process-figures.js';
import { changeOf, keyOf, keysOf, patchOf } from '../load/sample-entry.js';
import { recordOf } from '../load/sample-record.js';
import { seeded } from '../load/seeded.js';
import { SYSTEMS } from '../systems/index.js';

/** Calls in a row on one session: a gateway's turn writes its entry four to six times. */
const TURN_CALLS = 5;
const RECORD = recordOf(1);

const CALLS = {
  append: (session) => session.append(RECORD),
  patch: (session, n) => session.patch(patchOf(n)),
  update: (session, n) => session.update(changeOf(n)),
};

/** Time for the first call on each session, which reads its log: all of 1,000, a part of 20,000. */
const TOUCH_MS_MAX = 10_000;

/**
 * Calls one after the other for a fixed time, on sessions picked at random. `pick`: `turns` (each
 * session picked gets five calls in a row), `uniform` (every call another session), or `same`.
 * After every fifth call the event loop gets its turn, whatever the system.
 */
export async function run(options, { ready, stopped }) {
  const opened = await SYSTEMS[options.system].open(options.dir);
  const load = prepare(opened, options);
  const firstUs = await load.touch(TOUCH_MS_MAX);
  await load.spend(options.warmMs);
  await ready();
  load.log.clear();
  const loop = watchLoop();
  const before = bytesWritten();
  const startedAt = performance.now();
  const removal = options.removeKey && opened.remove(options.removeKey);
  await load.spend(options.measureMs, options.untilStopped ? stopped : undefined);
  const wallMs = performance.now() - startedAt;
  const after = bytesWritten();
  const blockMs = await loop.longestMs();
  if (removal !== undefined && !(await removal)) throw new Error('there was nothing to remove');
  await opened.close();
  const calls = load.log.count;
  return {
    call: options.call,
    calls,
    firstUs,
    acknowledged: load.made(),
    wallMs,
    blockMs,
    written: before && { calls: after.calls - before.calls, pages: after.pages - before.pages },
    sorted: load.log.sorted(),
  };
}

function prepare(opened, { sessions, among, pick, call, seed, warmMs, measureMs }) {
  const log = new CallLog(Math.min(2_000, Math.max(warmMs, measureMs)));
  const random = seeded(seed);
  const keys = pick === 'same' ? [keyOf(sessions - 1)] : keysOf(among ?? sessions);
  let made = 0;

  const spend = async (ms, stopped) => {
    let on = true;
    stopped?.then(() => {
      on = false;
    });
    const end = performance.now() + ms;
    let now = 0;
    while (on && now < end) {
      let session = opened.session(keys[Math.floor(random() * keys.length)]);
      for (let i = 0; i < TURN_CALLS; i++) {
        made += 1;
        const begin = performance.now();
        if (pick === 'uniform' && i > 0) {
          session = opened.session(keys[Math.floor(random() * keys.length)]);
        }
        const promise = CALLS[call](session, made);
        // What is synchronous pays for no await.
        if (promise !== undefined) await promise;
        now = performance.now();
        log.add(now - begin);
      }
      await new Promise(setImmediate);
    }
  };

  /**
   * Every session once, in order, as far as the time goes: the first call reads what later ones know.
   * What such a call took on average, in microseconds.
   */
  const touch = async (ms) => {
    const began = performance.now();
    let touched = 0;
    while (touched < keys.length && performance.now() - began < ms) {
      made += 1;
      const session = opened.session(keys[touched]);
      await CALLS[call](session, made);
      touched += 1;
    }
    return ((performance.now() - began) / touched) * 1e3;
  };
  return { log, spend, touch, made: () => made };
}
