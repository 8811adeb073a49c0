/** Runs the steps of a scenario on the files back end in all orders, and judges every end. */
import { FilesBackend } from '../../src/backends/files/files-backend.ts';
import { OpenedStore } from '../../src/backends/files/opened-store.ts';
import type { System } from '../../src/system/system.ts';
import type { Program } from './caller.ts';
import { directSystem } from './direct-system.ts';
import { type End, type Explored, explore } from './explore.ts';
import { activeLogs, emptyDisk, litter, ROOT, wrongWith } from './laws.ts';
import { type Lives, OneAtATime } from './one-at-a-time.ts';
import type { SharedDisk } from './shared-disk.ts';
import { KEY, outcomeOf, type Peer, type Step, viewOf } from './steps.ts';

export interface Scenario extends Lives {
  readonly name: string;
  /** Inode numbers are used again at once. */
  readonly reuse?: boolean;
  readonly deaths?: readonly number[];
  readonly switchesMax?: number;
  readonly nodesMax?: number;
  /** Too many orders for the short form, which takes those with few switches. */
  readonly heavy?: true;
}

const BEFORE = 90;
const AFTER = 91;

function peerOn(system: System): Peer & { store: OpenedStore } {
  const store = new OpenedStore(system, ROOT, {
    durability: 'process',
    instance: 'proof',
    lockWaitMs: 600_000,
    openFilesMax: 128,
    // What is tolerated is judged by its outcome.
    onWarning: () => undefined,
  });
  return { backend: new FilesBackend(store), store };
}

function programOf(warm: readonly Step[], steps: readonly Step[]): Program {
  return async ({ system, outcomes, barrier }) => {
    const peer = peerOn(system);
    for (const step of warm) await outcomeOf(step, peer);
    await barrier();
    for (const step of steps) outcomes.push(await outcomeOf(step, peer));
  };
}

async function prepared({ before, reuse = false }: Scenario): Promise<SharedDisk> {
  const disk = emptyDisk(reuse);
  const peer = peerOn(directSystem(disk, BEFORE));
  for (const step of before.steps) await outcomeOf(step, peer);
  if (before.dies) disk.die(BEFORE);
  else await peer.backend.close();
  return disk;
}

export async function exploreScenario(scenario: Scenario): Promise<Explored> {
  const { warm, steps, deaths, switchesMax, nodesMax } = scenario;
  const judge = new Judge(scenario);
  return explore({
    disk: await prepared(scenario),
    programs: steps.map((each, process) => programOf(warm[process] ?? [], each)),
    ...(deaths && { deaths }),
    ...(switchesMax !== undefined && { switchesMax }),
    ...(nodesMax !== undefined && { nodesMax }),
    check: wrongWith,
    end: (end) => judge.wrongEnd(end),
  });
}

/** Judges ends. Many orders end with the same disk, which is looked at once. */
class Judge {
  readonly #spec: OneAtATime;
  readonly #seen = new Map<string, Promise<Seen>>();

  constructor(scenario: Scenario) {
    this.#spec = new OneAtATime(scenario);
  }

  async wrongEnd(end: End): Promise<string | undefined> {
    const { disk, died, outcomes } = end;
    const name = disk.identity();
    const looking = this.#seen.get(name) ?? lookAt(disk);
    this.#seen.set(name, looking);
    const { view, leftOver, wrong } = await looking;
    if (wrong !== undefined) return wrong;
    if (died === undefined && leftOver.length > 0) return `left over: ${leftOver}`;
    if (await this.#spec.allows(end, view)) return undefined;
    return `no order of the steps gives ${JSON.stringify({ outcomes, view })}`;
  }
}

/** What a process that comes afterwards sees. */
interface Seen {
  view: unknown;
  leftOver: string[];
  wrong?: string;
}

async function lookAt(disk: SharedDisk): Promise<Seen> {
  const leftOver = litter(disk);
  const late = peerOn(directSystem(disk, AFTER));
  for (const name of sessionsOn(disk)) {
    const logs = activeLogs(disk, name);
    if (logs.length > 1) return { view: '', leftOver, wrong: `active logs: ${logs}` };
  }
  const view = await viewOf(late.backend);
  const { ok, problems } = await late.backend.verify();
  const wrong = ok ? undefined : `verify: ${problems.map(({ message }) => message)}`;
  // Life goes on: the lock is free, and the next commit counts.
  const next = await late.backend.update(KEY, { next: true }, {});
  if (next.entry.next !== true) return { view, leftOver, wrong: 'the next commit does not count' };
  return { view, leftOver, ...(wrong !== undefined && { wrong }) };
}

function sessionsOn(disk: SharedDisk): string[] {
  return disk.paths().filter((path) => /\/sessions\.d\/[^/]+~[0-9a-f]{32}$/.test(path));
}
