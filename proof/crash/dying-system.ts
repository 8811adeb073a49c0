/**
 * A system whose process ends at one of its calls: before the call, after it, or with half of a write
 * done. Dying is handed in: a real process kills itself, and one that is only played finds that
 * nothing answers any more and that the kernel has closed its files.
 */
import type { FileLock } from '../../src/system/file-lock.ts';
import type { FileSystem } from '../../src/system/file-system.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import type { Timers } from '../../src/system/timers.ts';

export interface Point {
  moment: 'before' | 'half' | 'after';
  /** Counted from 1: calls, or writes for `half`. */
  n: number;
}

type Untyped = (...args: unknown[]) => unknown;

/** Thrown into a program that is dead; nobody hears it. */
export class Dead extends Error {}

const never = new Promise<never>(() => undefined);

export class DyingSystem implements System {
  readonly fs: FileSystem;
  readonly lock: FileLock;
  readonly timers: Timers;
  readonly clock = realSystem.clock;
  readonly random = realSystem.random;
  readonly machine = realSystem.machine;
  readonly mount = realSystem.mount;
  readonly died: Promise<void>;
  readonly #point: Point;
  readonly #die: () => void;
  readonly #open = new Set<number>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #stops = new Set<() => void>();
  #counting = false;
  /** Made since it was armed. */
  calls = 0;
  writes = 0;
  isDead = false;
  /** The call at which it died. */
  last = '';

  constructor(point: Point, die: () => void = () => undefined) {
    this.#point = point;
    let told = (): void => undefined;
    this.died = new Promise((resolve) => {
      told = resolve;
    });
    this.#die = () => {
      die();
      this.isDead = true;
      told();
    };
    this.fs = this.#watch(realSystem.fs) as FileSystem;
    this.lock = this.#watch(realSystem.lock) as FileLock;
    this.timers = this.#timers();
  }

  /** From here on calls count. */
  arm(): void {
    this.#counting = true;
  }

  /** Does what the kernel does after a death: whatever was under way ends, and files are closed. */
  async bury(): Promise<void> {
    await Promise.allSettled(this.#running);
    for (const stop of this.#stops) stop();
    for (const fd of this.#open) realSystem.fs.closeSync(fd);
    this.#open.clear();
  }

  #watch(real: object): object {
    const watched: Record<string, Untyped> = {};
    for (const [name, call] of Object.entries(real) as [string, Untyped][]) {
      const isNow = name.endsWith('Sync') || name in realSystem.lock;
      watched[name] = isNow
        ? (...args) => this.#now(name, args, call)
        : (...args) => this.#later(name, args, call);
    }
    return watched;
  }

  #now(name: string, args: unknown[], call: Untyped): unknown {
    if (this.isDead) throw new Dead();
    const dies = this.#diesAt(name);
    if (dies === 'before') this.#end(name);
    if (dies === 'half') {
      writeHalf(args);
      this.#end(name);
    }
    // What fails here fails for a program that does not live to see it.
    const result = this.#track(name, args, call(...args));
    if (dies === 'after') this.#end(name);
    return result;
  }

  async #later(name: string, args: unknown[], call: Untyped): Promise<unknown> {
    if (this.isDead) return never;
    const dies = this.#diesAt(name);
    if (dies === 'before' || dies === 'half') {
      if (dies === 'half') writeHalf(args);
      this.#fade(name);
      return never;
    }
    // By the time that a close resolves the number may belong to another file.
    if (name === 'close') this.#open.delete(args[0] as number);
    const running = call(...args) as Promise<unknown>;
    this.#running.add(running);
    try {
      const result = this.#track(name, args, await running);
      if (dies === 'after') this.#fade(name);
      return this.isDead ? never : result;
    } finally {
      this.#running.delete(running);
    }
  }

  #diesAt(name: string): Point['moment'] | undefined {
    if (!this.#counting) return undefined;
    const { moment, n } = this.#point;
    this.calls += 1;
    const isWrite = name === 'write' || name === 'writeSync';
    if (isWrite) this.writes += 1;
    if (moment !== 'half') return this.calls === n ? moment : undefined;
    return isWrite && this.writes === n ? 'half' : undefined;
  }

  #fade(name: string): void {
    this.last = `${this.#point.moment} ${name}, call ${this.calls}`;
    this.#die();
  }

  #end(name: string): never {
    this.#fade(name);
    throw new Dead();
  }

  #track(name: string, args: unknown[], result: unknown): unknown {
    if (name === 'openSync' || name === 'open') this.#open.add(result as number);
    else if (name === 'closeSync') this.#open.delete(args[0] as number);
    return result;
  }

  #timers(): Timers {
    const { after, every, soon } = realSystem.timers;
    const living = (call: () => void) => () => {
      if (!this.isDead) call();
    };
    const kept = (stop: () => void) => {
      this.#stops.add(stop);
      return () => {
        this.#stops.delete(stop);
        stop();
      };
    };
    return {
      after: (ms, call) => kept(after(ms, living(call))),
      every: (ms, call) => kept(every(ms, living(call))),
      soon: (call) => soon(living(call)),
    };
  }
}

function writeHalf(args: unknown[]): void {
  const [fd, data, offset = 0, length] = args as [number, string | Uint8Array, number?, number?];
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const half = Math.floor((length ?? bytes.length - offset) / 2);
  if (half > 0) realSystem.fs.writeSync(fd, bytes, offset, half);
}
