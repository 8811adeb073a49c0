/**
 * Every flush of a disk, replayed: what was written before it is there, and of what was written after
 * it nothing, the beginning, or any part. The disk is a loop device over a file that a small program
 * of ours shows and that writes down each write and each flush.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { openStore } from '../../src/index.ts';
import { keepFigure } from '../frame/figures.ts';
import { itWith } from '../frame/needs.ts';
import { beginRun, type Chance } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';
import { applyTo, type Epoch, epochsOf, partOf } from './block-log.ts';
import { type FileSystemKind, Mounts, makeImage, newWorkshop, run } from './mounted.ts';
import { verdictOf } from './verdict-of-cut.ts';
import { writeOn } from './write-on.ts';
import { writerKey } from './writer-plan.ts';
import { type Written, writtenOf } from './written.ts';

const STATES = size(30, 2_000);
const SECONDS_MAX = size(40, 160);
const ROUNDS = size(10, 20);
const mounts = new Mounts();

/** What was acknowledged, with the length that the log had by then. */
interface Said {
  line: string;
  at: number;
}

async function startDisk(workshop: string, image: string): Promise<ChildProcess> {
  const program = join(workshop, 'recording-disk');
  const source = fileURLToPath(new URL('recording-disk.c', import.meta.url));
  await run('gcc', '-O2', '-o', program, source);
  const shown = join(workshop, 'shown');
  mkdirSync(shown);
  const disk = spawn(program, [image, join(workshop, 'log'), shown], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  mounts.mounted(shown);
  await new Promise((resolve, reject) => {
    disk.stdout?.once('data', resolve);
    disk.once('exit', (code) => reject(new Error(`the recording disk ended with ${code}`)));
  });
  return disk;
}

/** Writes to a store on the recorded disk. */
async function record(workshop: string, device: string): Promise<Said[]> {
  const at = join(workshop, 'mounted');
  await mounts.mount(device, at);
  const root = join(at, 'store');
  const said: Said[] = [];
  const log = join(workshop, 'log');
  const say = (what: string, key: string, n: number) => {
    said.push({ line: `${what} ${key} ${n}\n`, at: statSync(log).size });
  };
  const work = (['power', 'process'] as const).map(async (durability, writer) => {
    const store = await openStore(root, { durability, onWarning: () => undefined });
    const keys = [0, 1].map((n) => writerKey(durability, writer, n));
    await Promise.all(keys.map((key) => writeOn(store.session(key), say, ROUNDS)));
    await store.close();
  });
  await Promise.all(work);
  await mounts.unmount(at);
  return said;
}

/** Mounts one disk that may be left, and looks at the store on it. */
async function tryState(workshop: string, said: readonly Said[], end: number): Promise<string[]> {
  const at = join(workshop, 'left');
  const device = await mounts.attach(join(workshop, 'left.img'));
  await mounts.mount(device, at);
  const words = (list: readonly Said[]) => writtenOf(list.map(({ line }) => line).join(''));
  const kept: Map<string, Written> = words(said.filter((one) => one.at <= end));
  const { wrong } = await verdictOf(join(at, 'store'), kept, words(said));
  await mounts.unmount(at);
  await mounts.detach(device);
  return wrong;
}

interface Replay {
  workshop: string;
  said: readonly Said[];
  epochs: readonly Epoch[];
  chance: Chance;
  until: number;
}

/** Goes through the epochs, and at each through as many states as there is room for. */
async function replay({ workshop, said, epochs, chance, until }: Replay) {
  const base = join(workshop, 'base.img');
  const left = join(workshop, 'left.img');
  const wrong: string[] = [];
  let states = 0;
  for (const [n, epoch] of epochs.entries()) {
    const end = epochs[n - 1]?.end ?? 0;
    const room = Math.round(((STATES - states) * 1) / (epochs.length - n));
    for (let state = 0; state < room && performance.now() < until; state++) {
      const part = partOf(epoch, chance);
      await run('cp', '--sparse=always', base, left);
      applyTo(left, part.writes);
      const found = await tryState(workshop, said, end);
      wrong.push(
        ...found.map((why) => `after flush ${n} with ${part.name} of what followed: ${why}`),
      );
      states += 1;
      if (wrong.length > 3) return { states, wrong };
    }
    applyTo(base, epoch.writes);
  }
  return { states, wrong };
}

async function proveOn(kind: FileSystemKind): Promise<void> {
  const { seed, chance } = beginRun('power-loss', `block log on ${kind}`);
  const workshop = newWorkshop();
  const began = performance.now();
  try {
    const image = await makeImage(workshop, kind);
    await run('cp', '--sparse=always', image, join(workshop, 'base.img'));
    const disk = await startDisk(workshop, image);
    const device = await mounts.attach(join(workshop, 'shown', 'disk'));
    const said = await record(workshop, device);
    await mounts.detach(device);
    const ended = new Promise((resolve) => disk.once('exit', resolve));
    await mounts.unmount(join(workshop, 'shown'));
    await ended;
    const epochs = epochsOf(join(workshop, 'log'));
    const until = began + SECONDS_MAX * 1_000;
    const { states, wrong } = await replay({ workshop, said, epochs, chance, until });
    const seconds = (performance.now() - began) / 1_000;
    console.log(
      `power-loss: ${kind}: ${epochs.length} epochs, ${said.length} steps of the writers`,
    );
    const what = `replayed disks of ${kind}`;
    keepFigure(`block-log-${kind}`, {
      what,
      count: states,
      found: { lost: wrong.length },
      seconds,
      seed,
    });
    expect(wrong).toEqual([]);
    expect(epochs.length).toBeGreaterThan(20);
  } finally {
    mounts.end(workshop);
  }
}

for (const kind of ['ext4', 'xfs', 'btrfs'] as const) {
  itWith(['root', 'linux', 'gcc', 'mount', 'losetup', `mkfs.${kind}`])(
    `C.14 R4.8 what was acknowledged with durability 'power' is in every replay of a disk with ${kind}`,
    () => proveOn(kind),
    minutes(3, 15),
  );
}
