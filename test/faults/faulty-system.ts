import type { FileLock } from '../../src/system/file-lock.ts';
import type { FileSystem } from '../../src/system/file-system.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { SimulatedTime } from './simulated-time.ts';

export type CallName = keyof FileSystem | keyof FileLock;

/** One call that the store made to the file system or to a lock. */
export interface Call {
  /** Counted from 1 since the last {@link FaultySystem.forget}. */
  readonly n: number;
  readonly name: CallName;
  /** Of the file; of the open file when the call names a descriptor. */
  readonly path: string;
  readonly args: readonly unknown[];
}

export interface Fault {
  /** The call does nothing and fails so. A `close` closes all the same, as the kernel does. */
  errno?: string;
  /** A write takes at most so many bytes. */
  bytes?: number;
  /** The call takes so long. */
  stallMs?: number;
  /** An asynchronous call does not begin before this. */
  until?: Promise<unknown>;
}

type Untyped = (...args: unknown[]) => unknown;

/** Calls that change what lies in the store. */
export const CHANGING = new Set<CallName>([
  ...(['writeSync', 'write', 'ftruncateSync', 'renameSync', 'rename', 'unlinkSync'] as const),
  ...(['unlink', 'rmdirSync', 'rmdir', 'mkdirSync', 'chmodSync'] as const),
]);

export function isWrite({ name }: Call): boolean {
  return name === 'writeSync' || name === 'write';
}

/** A file system and its locks, watched; `intervene` may make any call fail, stall or write short. */
export class FaultySystem implements System {
  readonly fs: FileSystem;
  readonly lock: FileLock;
  readonly time = new SimulatedTime();
  readonly clock = this.time;
  readonly timers = this.time;
  readonly random: System['random'];
  readonly machine: System['machine'];
  readonly mount: System['mount'];
  /** Descriptors that are open now, with their paths. */
  readonly open = new Map<number, string>();
  calls: Call[] = [];
  intervene: (call: Call) => Fault | undefined = () => undefined;

  /** `real`: what the calls are handed on to. */
  constructor(real: System = realSystem) {
    this.random = real.random;
    this.machine = real.machine;
    this.mount = real.mount;
    this.fs = this.#watch(real.fs) as FileSystem;
    this.lock = this.#watch(real.lock) as FileLock;
  }

  /** Begins to count anew. */
  forget(): void {
    this.calls = [];
  }

  /** The calls since the last {@link forget}, by name. */
  get names(): CallName[] {
    return this.calls.map(({ name }) => name);
  }

  /** Makes the call with this number fail; all others work. */
  failAt(n: number, errno: string): void {
    this.intervene = (call) => (call.n === n ? { errno } : undefined);
  }

  /** Everything works again. */
  mend(): void {
    this.intervene = () => undefined;
  }

  #watch(real: object): object {
    const watched: Record<string, Untyped> = {};
    for (const [name, call] of Object.entries(real) as [CallName, Untyped][]) {
      const isSync = name.endsWith('Sync') || name in realSystem.lock;
      watched[name] = isSync
        ? (...args) => this.#run(this.#begin(name, args), call)
        : (...args) => this.#runLater(this.#begin(name, args), call);
    }
    return watched;
  }

  #begin(name: CallName, args: unknown[]): Begun {
    const [first] = args;
    const path = typeof first === 'number' ? (this.open.get(first) ?? '') : String(first);
    const call = { n: this.calls.length + 1, name, path, args };
    this.calls.push(call);
    return { call, fault: this.intervene(call) ?? {} };
  }

  #run({ call, fault }: Begun, real: Untyped): unknown {
    if (fault.stallMs) this.time.advance(fault.stallMs);
    this.#refuse(call, fault, real);
    const args = shortened(call, fault.bytes);
    if (!args) return 0;
    return this.#track(call, real(...args));
  }

  async #runLater({ call, fault }: Begun, real: Untyped): Promise<unknown> {
    if (fault.until) await fault.until;
    // By the time that a close resolves the number may belong to another file.
    if (call.name === 'close') this.open.delete(call.args[0] as number);
    if (fault.errno) await this.#refuseLater(call, fault, real);
    const args = shortened(call, fault.bytes);
    const result = args ? await real(...args) : 0;
    if (fault.stallMs) this.time.advance(fault.stallMs);
    return this.#track(call, result);
  }

  #refuse(call: Call, { errno }: Fault, real: Untyped): void {
    if (!errno) return;
    if (call.name === 'closeSync') this.#track(call, real(...call.args));
    throw systemError(call, errno);
  }

  async #refuseLater(call: Call, { errno }: Fault, real: Untyped): Promise<void> {
    if (call.name === 'close') await real(...call.args);
    throw systemError(call, errno as string);
  }

  #track(call: Call, result: unknown): unknown {
    if (call.name === 'openSync' || call.name === 'open') {
      this.open.set(result as number, call.path);
    } else if (call.name === 'closeSync') {
      this.open.delete(call.args[0] as number);
    } else if (call.name === 'renameSync' || call.name === 'rename') {
      const [from, to] = call.args as [string, string];
      for (const [fd, path] of this.open) if (path === from) this.open.set(fd, to);
    }
    return result;
  }
}

interface Begun {
  call: Call;
  fault: Fault;
}

/** The arguments of a write that takes some bytes only; nothing when it takes none. */
function shortened(call: Call, bytes: number | undefined): readonly unknown[] | undefined {
  if (bytes === undefined || !/^write/.test(call.name)) return call.args;
  if (bytes === 0) return undefined;
  const [fd, data, offset = 0, length] = call.args as [number, string | Buffer, number?, number?];
  const buffer = typeof data === 'string' ? Buffer.from(data) : data;
  return [fd, buffer, offset, Math.min(bytes, length ?? buffer.length - offset)];
}

function systemError(call: Call, errno: string): Error {
  const message = `${errno}: injected at call ${call.n}, ${call.name} '${call.path}'`;
  return Object.assign(new Error(message), { code: errno, syscall: call.name, path: call.path });
}
