import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { until } from '../../src/contract/conformance/trial.ts';
import { openMirror } from '../../src/mirror-state-dir.ts';
import type { Mirror } from '../../src/openclaw/mirror/mirror.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { listPath, readList, temporaryDirectory } from './state-copy.ts';

const DEBOUNCE_MS = 5_000;

/** A mirror whose time passes when the test says so, and whose writes take as long as it says. */
class Bench {
  elapsed = 0;
  /** What the rename that ends a write takes. */
  writeMs = 0;
  writes = 0;
  reads = 0;
  mirror!: Mirror;
  #tick: () => void = () => undefined;

  readonly system: System = {
    ...realSystem,
    clock: { now: realSystem.clock.now, elapsed: () => this.elapsed },
    timers: {
      ...realSystem.timers,
      every: (_ms, call) => {
        this.#tick = call;
        return () => undefined;
      },
    },
    fs: {
      ...realSystem.fs,
      rename: async (from, to) => {
        await realSystem.fs.rename(from, to);
        if (!to.endsWith('/sessions.json')) return;
        this.writes += 1;
        this.elapsed += this.writeMs;
      },
    },
  };

  /** The same back end, with its reads counted. */
  counted(backend: Backend): Backend {
    return new Proxy(backend, {
      get: (target, name: keyof Backend) => {
        const member = target[name];
        if (typeof member !== 'function') return member;
        if (name === 'read') this.reads += 1;
        return member.bind(target);
      },
    });
  }

  /** Time passes until the timer is due once more, and the look that follows is over. */
  async tick(): Promise<void> {
    this.elapsed += DEBOUNCE_MS;
    this.#tick();
    await until('the look is over', () => !this.mirror.isLooking);
  }
}

async function started(sessions: number) {
  const root = temporaryDirectory();
  const bench = new Bench();
  const { store, backend } = await openStoreAt(root);
  for (let n = 0; n < sessions; n += 1) await store.session(`agent:main:s${n}`).update({ n });
  const settings = { debounceMs: DEBOUNCE_MS, version: '2026.7.1' };
  bench.mirror = await openMirror(bench.counted(backend), {}, settings, bench.system);
  await bench.mirror.start();
  return { root, bench, store };
}

describe('a mirror', () => {
  it('writes once for all changes between two looks, and never for none', async () => {
    const { root, bench, store } = await started(20);
    expect(bench.writes).toBe(1);
    for (let n = 0; n < 200; n += 1) await store.session(`agent:main:s${n % 20}`).update({ n });
    await bench.tick();
    expect(bench.writes).toBe(2);
    expect(readList(root)['agent:main:s19'].n).toBe(199);
    await bench.tick();
    await bench.tick();
    expect(bench.writes).toBe(2);
    await bench.mirror.close();
  });

  it.each([
    [300, 301],
    // More than are asked one by one: then a listing tells which ones have changed.
    [2_100, 1],
  ])('of %d sessions reads only what has changed', async (sessions, reads) => {
    const { root, bench, store } = await started(sessions);
    bench.reads = 0;
    await store.session('agent:main:s150').update({ label: 'changed' });
    await store.session('agent:main:s7').remove();
    const before = readFileSync(listPath(root), 'utf8');
    await bench.tick();
    expect(bench.reads).toBeLessThanOrEqual(reads);
    const list = readList(root);
    expect(Object.keys(list)).toHaveLength(sessions - 1);
    expect(list['agent:main:s150'].label).toBe('changed');
    const {
      'agent:main:s7': _removed,
      'agent:main:s150': _changed,
      ...others
    } = JSON.parse(before);
    expect(list).toMatchObject(others);
    const text = readFileSync(listPath(root), 'utf8');
    expect(text).toBe(JSON.stringify(JSON.parse(text), null, 2));
    await bench.mirror.close();
  });

  it.each([1, 400, 1_000, 7_000])(
    'that takes %d ms takes a tenth of the time at most',
    async (writeMs) => {
      const { bench, store } = await started(3);
      bench.writeMs = writeMs;
      bench.writes = 0;
      const began = bench.elapsed;
      for (let n = 0; n < 60; n += 1) {
        await store.session('agent:main:s0').update({ n });
        await bench.tick();
      }
      const took = bench.elapsed - began;
      const writing = bench.writes * writeMs;
      expect(writing - writeMs).toBeLessThanOrEqual(took / 10);
      // And not much less than it may: every look that is allowed is one.
      expect(bench.writes).toBeGreaterThanOrEqual(
        Math.floor(took / Math.max(DEBOUNCE_MS + writeMs, 10 * writeMs + DEBOUNCE_MS)),
      );
      await bench.mirror.close();
    },
  );

  it('writes what is due when it is closed, however long it should rest', async () => {
    const { root, bench, store } = await started(2);
    bench.writeMs = 60_000;
    await store.session('agent:main:s0').update({ n: 'first' });
    await bench.tick();
    await store.session('agent:main:s0').update({ n: 'last' });
    await bench.tick();
    expect(readList(root)['agent:main:s0'].n).toBe('first');
    await bench.mirror.close();
    expect(readList(root)['agent:main:s0'].n).toBe('last');
  });
});
