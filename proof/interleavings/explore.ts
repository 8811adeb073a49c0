/**
 * All orders in which the calls of several processes can fall.
 *
 * A node is a disk and, for each process, all answers that it has had; an edge is one call. Two
 * orders that come to the same node go on as one, so calls that do not touch each other cost their
 * sum and not their product, and nothing is left out by that: what a process will do depends on its
 * answers alone. A process that polls and would see what it saw before waits until it would not.
 * With `deaths`, a process may also die between any two of its calls.
 */
import {
  type Behaviour,
  behaviourAfter,
  type Call,
  type Event,
  isLeft,
  type Pending,
  type Program,
} from './caller.ts';
import { type Answer, type DiskCall, pathIn, perform } from './disk-calls.ts';
import type { SharedDisk } from './shared-disk.ts';

export interface Exploring {
  disk: SharedDisk;
  programs: readonly Program[];
  /** Processes that may die, by their place in `programs`; at most one does. */
  deaths?: readonly number[];
  /** Looks at every call before it is made; returns what is wrong with it. */
  check(disk: SharedDisk, process: number, call: DiskCall): string | undefined;
  /** Looks at every end; returns what is wrong with it. */
  end(end: End): Promise<string | undefined>;
  /** Calls that may be made by somebody else while another one could go on; default: any number. */
  switchesMax?: number;
  nodesMax?: number;
}

/** An end of some orders. */
export interface End {
  disk: SharedDisk;
  /** Results of each process; fewer than its steps when it died. */
  outcomes: readonly (readonly unknown[])[];
  died: number | undefined;
  /**
   * For each step of each process: how many steps of each process were over when it began. Left
   * out for steps that never began.
   */
  began: readonly (readonly (readonly number[])[])[];
}

export interface Explored {
  nodes: number;
  ends: number;
  /** The largest number of calls in one order. */
  depth: number;
  /** False when `nodesMax` was reached. */
  whole: boolean;
  /** The first thing that is wrong, with the order of calls that leads there. */
  wrong?: { what: string; order: string[] };
}

interface Known {
  readonly id: number;
  readonly event: Event | undefined;
  behaviour?: Behaviour;
}

interface Node {
  readonly disk: SharedDisk;
  readonly diskId: number;
  readonly known: readonly Known[];
  readonly began: End['began'];
  readonly died: number | undefined;
  readonly last: number;
  readonly switches: number;
  readonly idle: number;
  readonly depth: number;
  readonly from?: { node: Node; what: string };
}

/** Rounds in which everybody only polls; more than any wait that ends by itself takes. */
const IDLE_MAX = 300;

export async function explore(exploring: Exploring): Promise<Explored> {
  // What an abandoned run still rejects with was never part of any order.
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const strict = (cause: unknown) => {
    if (!isLeft(cause)) for (const listener of listeners) listener(cause, Promise.resolve());
  };
  process.on('unhandledRejection', strict);
  const { stackTraceLimit } = Error;
  // Most answers of a disk are errors that somebody expects; nobody reads where they were made.
  Error.stackTraceLimit = 0;
  try {
    return await new Exploration(exploring).run();
  } finally {
    await new Promise((resolve) => setImmediate(resolve));
    Error.stackTraceLimit = stackTraceLimit;
    process.removeListener('unhandledRejection', strict);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
}

class Exploration {
  readonly #asked: Exploring;
  readonly #ids = new Map<string, number>();
  readonly #known = new Map<string, Known>();
  readonly #seen = new Set<string>();
  readonly #judged = new Set<string>();
  readonly #stack: Node[] = [];
  #depth = 0;
  #ends = 0;

  constructor(asked: Exploring) {
    this.#asked = asked;
  }

  async run(): Promise<Explored> {
    const { nodesMax = Number.POSITIVE_INFINITY } = this.#asked;
    try {
      this.#push(await this.#warm());
      while (this.#stack.length > 0 && this.#seen.size < nodesMax) {
        await this.#visit(this.#stack.pop() as Node);
      }
    } catch (cause) {
      if (!(cause instanceof Wrong)) throw cause;
      return { ...this.#figures(), wrong: { what: cause.message, order: orderOf(cause.node) } };
    }
    return this.#figures();
  }

  #figures(): Explored {
    const whole = this.#stack.length === 0;
    return { nodes: this.#seen.size, ends: this.#ends, depth: this.#depth, whole };
  }

  /** Brings one process after the other to its barrier, and then all of them over it. */
  async #warm(): Promise<Node> {
    const { programs, disk } = this.#asked;
    let node: Node = {
      disk,
      diskId: this.#id(disk.identity()),
      known: programs.map((_, process) => this.#knownOf(process, undefined, '')),
      began: programs.map(() => []),
      died: undefined,
      last: -1,
      switches: 0,
      idle: 0,
      depth: 0,
    };
    const step = async (process: number, until: (pending: Pending) => boolean) => {
      for (;;) {
        const [next] = (await this.#behaviour(node, process)).pending;
        if (!next || until(next)) return;
        node = this.#make(node, process, next, true);
      }
    };
    for (let process = 0; process < programs.length; process++) {
      await step(process, ({ call }) => call.name === 'barrier');
    }
    for (let process = 0; process < programs.length; process++) {
      const [barrier] = (await this.#behaviour(node, process)).pending;
      if (barrier) node = this.#make(node, process, barrier, true);
    }
    const { from: _from, ...start } = node;
    return { ...start, depth: 0, last: -1 };
  }

  async #visit(node: Node): Promise<void> {
    this.#depth = Math.max(this.#depth, node.depth);
    const { programs, switchesMax = Number.POSITIVE_INFINITY, deaths = [] } = this.#asked;
    let moved = false;
    let waits = false;
    const could: [process: number, pending: Pending][] = [];
    for (let process = 0; process < programs.length; process++) {
      if (process === node.died) continue;
      const { pending, error } = await this.#behaviour(node, process);
      if (error !== undefined) throw new Wrong(`process ${process} failed: ${error}`, node);
      for (const each of pending) {
        waits = true;
        if (!this.#wouldStutter(node, process, each)) could.push([process, each]);
      }
    }
    const goesOn = could.some(([process]) => process === node.last);
    for (const [process, pending] of could) {
      const switches = node.switches + (goesOn && process !== node.last ? 1 : 0);
      if (switches > switchesMax) continue;
      moved = true;
      this.#push({ ...this.#make(node, process, pending, false), switches });
      if (deaths.includes(process) && node.died === undefined)
        this.#push(this.#dies(node, process));
    }
    if (moved) return;
    if (!waits) return this.#end(node);
    await this.#letTimePass(node);
  }

  /** Everybody polls and sees nothing new: the one whose timer comes first goes on. */
  async #letTimePass(node: Node): Promise<void> {
    if (node.idle > IDLE_MAX) throw new Wrong('everybody waits for ever', node);
    let first: { process: number; pending: Pending; ms: number } | undefined;
    for (let process = 0; process < this.#asked.programs.length; process++) {
      if (process === node.died) continue;
      for (const pending of (await this.#behaviour(node, process)).pending) {
        const ms = pending.call.name === 'timer' ? pending.call.ms : -1;
        if (!first || ms < first.ms) first = { process, pending, ms };
      }
    }
    if (!first) throw new Wrong('nobody can go on', node);
    const next = this.#make(node, first.process, first.pending, false);
    this.#push({ ...next, idle: node.idle + 1 });
  }

  async #end(node: Node): Promise<void> {
    this.#ends += 1;
    const outcomes: (readonly unknown[])[] = [];
    for (let process = 0; process < this.#asked.programs.length; process++) {
      outcomes.push((await this.#behaviour(node, process)).outcomes);
    }
    const { disk, diskId, died, began } = node;
    const key = JSON.stringify([diskId, outcomes, died, began]);
    if (this.#judged.has(key)) return;
    this.#judged.add(key);
    const wrong = await this.#asked.end({ disk: disk.copy(), outcomes, died, began });
    if (wrong !== undefined) throw new Wrong(wrong, node);
  }

  #push(node: Node): void {
    const known = node.known.map(({ id }) => id).join(',');
    const bounded = this.#asked.switchesMax === undefined ? '' : `${node.last}.${node.switches}`;
    const key = `${node.diskId}|${known}|${JSON.stringify(node.began)}|${node.died}|${bounded}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#stack.push(node);
  }

  #make(node: Node, process: number, pending: Pending, warm: boolean): Node {
    const { call } = pending;
    const disk = node.disk.copy();
    let answer: Answer = { value: undefined };
    const what = `${process}: ${call.name} ${isOfDisk(call) ? pathIn(call) : ''}`;
    if (isOfDisk(call)) {
      const wrong = warm ? undefined : this.#asked.check(disk, process, call);
      if (wrong !== undefined) throw new Wrong(`${what}: ${wrong}`, node);
      answer = perform(disk, process, call);
    }
    const before = node.known[process] as Known;
    const event: Event = { before: before.event, pending, answer };
    const key = `${before.id}.${pending.index} ${JSON.stringify(answer)}`;
    const known = node.known.with(process, this.#knownOf(process, event, key));
    const diskId = this.#id(disk.identity());
    const began = warm ? node.began : this.#beganWith(node, process, before);
    const from = { node, what: `${what} = ${JSON.stringify(answer).slice(0, 90)}` };
    return { ...node, disk, diskId, known, began, last: process, depth: node.depth + 1, from };
  }

  /** A step begins with its first call, and is over as soon as it could be. */
  #beganWith(node: Node, process: number, before: Known): End['began'] {
    const step = before.behaviour?.outcomes.length ?? 0;
    const mine = node.began[process] ?? [];
    if (mine.length > step) return node.began;
    const over = node.known.map((known) => known.behaviour?.outcomes.length ?? 0);
    return node.began.with(process, [...mine, over]);
  }

  #dies(node: Node, process: number): Node {
    const disk = node.disk.copy();
    disk.die(process);
    const diskId = this.#id(disk.identity());
    const from = { node, what: `${process} dies` };
    return { ...node, disk, diskId, died: process, depth: node.depth + 1, from };
  }

  /** Whether a timer of somebody who polls would show him nothing that he did not see last time. */
  #wouldStutter(node: Node, process: number, { call }: Pending): boolean {
    if (call.name !== 'timer') return false;
    const cycle: Event[] = [];
    let event = node.known[process]?.event;
    for (; event && event.pending.call.name !== 'timer'; event = event.before) cycle.push(event);
    if (cycle.some(({ pending }) => pending.call.name === 'barrier')) return false;
    const disk = node.disk.copy();
    return cycle.reverse().every(({ pending, answer }) => {
      const again = perform(disk, process, pending.call as DiskCall);
      return JSON.stringify(again) === JSON.stringify(answer);
    });
  }

  async #behaviour(node: Node, process: number): Promise<Behaviour> {
    const known = node.known[process] as Known;
    const program = this.#asked.programs[process] as Program;
    known.behaviour ??= await behaviourAfter(program, process, known.event);
    return known.behaviour;
  }

  #knownOf(process: number, event: Event | undefined, key: string): Known {
    const whole = `${process}:${key}`;
    let known = this.#known.get(whole);
    if (!known) {
      known = { id: this.#known.size, event };
      this.#known.set(whole, known);
    }
    return known;
  }

  #id(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(text, id);
    }
    return id;
  }
}

/** Something that must not be, and the node where it was seen. */
class Wrong extends Error {
  readonly node: Node;

  constructor(what: string, node: Node) {
    super(what);
    this.node = node;
  }
}

function isOfDisk(call: Call): call is DiskCall {
  return call.name !== 'timer' && call.name !== 'barrier';
}

function orderOf(node: Node): string[] {
  const order: string[] = [];
  for (let at: Node | undefined = node; at?.from; at = at.from.node) order.push(at.from.what);
  return order.reverse();
}
