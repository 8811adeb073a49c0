/** The same calls on the disk in memory and on the machine's own give the same answers. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FileLock } from '../../src/system/file-lock.ts';
import { realFileLock } from '../../src/system/file-lock.ts';
import {
  type FileFacts,
  type FileSystem,
  OPEN,
  realFileSystem,
} from '../../src/system/file-system.ts';
import { keptSeeds } from '../frame/corpus.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun, type Chance } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemorySystem } from './memory-system.ts';

const LISTS = size(150, 5_000);
const CALLS = 120;
/** A number that no descriptor has. */
const NEVER_OPENED = 1_000_000;
const PATHS = ['a', 'b', 'd', 'd/a', 'd/b', 'd/e', 'd/e/a', 'a/x', 'missing/x'];

/** One of the two worlds: its root, and descriptors by the order in which they were opened. */
interface World {
  root: string;
  fs: FileSystem;
  lock: FileLock;
  open: (number | undefined)[];
}

type Call = (world: World) => unknown;

const fd = (world: World, slot: number) => world.open[slot] ?? NEVER_OPENED;

/** An answer without what two file systems may differ in. */
function plain(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('nlink' in answer)) return answer;
  const facts = answer as FileFacts;
  if (facts.isDirectory()) return { directory: true, mode: facts.mode };
  return { size: facts.size, nlink: facts.nlink, mode: facts.mode, file: facts.isFile() };
}

async function answerOf(call: Call, world: World): Promise<unknown> {
  try {
    return plain(await call(world));
  } catch (error) {
    return `fails with ${(error as NodeJS.ErrnoException).code}`;
  }
}

function opening(path: string, flags: number): Call {
  return ({ root, fs, open }) => {
    const opened = fs.openSync(join(root, path), flags, 0o600);
    const free = open.indexOf(undefined);
    const slot = free < 0 ? open.length : free;
    open[slot] = opened;
    return slot;
  };
}

function closing(slot: number): Call {
  return (world) => {
    world.fs.closeSync(fd(world, slot));
    world.open[slot] = undefined;
  };
}

function reading(slot: number, length: number, at: number): Call {
  return async (world) => {
    const into = Buffer.alloc(length);
    const got =
      at % 2 === 0
        ? world.fs.readSync(fd(world, slot), into, 0, length, at)
        : await world.fs.read(fd(world, slot), into, 0, length, at);
    return `${got} ${into.toString('latin1')}`;
  };
}

/** A call and its words; on both worlds alike. */
function drawCall(chance: Chance): [string, Call] {
  const path = chance.pick(PATHS);
  const other = chance.pick(PATHS);
  const slot = chance.below(6);
  const text = chance.pick(['x', 'line\n', 'y'.repeat(700), 'é']);
  const data = Buffer.from(text);
  const length = 1 + chance.below(900);
  const flags = chance.pick(Object.keys(OPEN) as (keyof typeof OPEN)[]);
  const draws: [string, Call][] = [
    [`open ${path} ${flags}`, opening(path, OPEN[flags])],
    [`open ${path} ${flags}`, opening(path, OPEN[flags])],
    [`close ${slot}`, closing(slot)],
    [`read ${slot} ${length}`, reading(slot, length, chance.below(1_000))],
    [`writeSync ${slot} ${text}`, (w) => w.fs.writeSync(fd(w, slot), text)],
    [`writeSync ${slot} a part`, (w) => w.fs.writeSync(fd(w, slot), data, 0, 1)],
    [`write ${slot} ${text}`, (w) => w.fs.write(fd(w, slot), data, 0, data.length)],
    [`ftruncate ${slot} ${length}`, (w) => w.fs.ftruncateSync(fd(w, slot), length)],
    [`fstatSync ${slot}`, (w) => w.fs.fstatSync(fd(w, slot))],
    [`fstat ${slot}`, (w) => w.fs.fstat(fd(w, slot))],
    [`fsync ${slot}`, (w) => w.fs.fsync(fd(w, slot))],
    [`fdatasync ${slot}`, (w) => w.fs.fdatasync(fd(w, slot))],
    [`lstatSync ${path}`, (w) => w.fs.lstatSync(join(w.root, path))],
    [`lstat ${path}`, (w) => w.fs.lstat(join(w.root, path))],
    [`mkdir ${path}`, (w) => w.fs.mkdirSync(join(w.root, path), 0o700)],
    [`readdirSync ${path}`, (w) => w.fs.readdirSync(join(w.root, path)).sort().join()],
    [
      `readdir ${path}`,
      async (w) =>
        (await w.fs.readdir(join(w.root, path)))
          .map((name) => `${name.name} ${name.isFile()} ${name.isDirectory()}`)
          .sort()
          .join(),
    ],
    [
      `renameSync ${path} ${other}`,
      (w) => w.fs.renameSync(join(w.root, path), join(w.root, other)),
    ],
    [`rename ${path} ${other}`, (w) => w.fs.rename(join(w.root, path), join(w.root, other))],
    [`unlinkSync ${path}`, (w) => w.fs.unlinkSync(join(w.root, path))],
    [`unlink ${path}`, (w) => w.fs.unlink(join(w.root, path))],
    [`rmdirSync ${path}`, (w) => w.fs.rmdirSync(join(w.root, path))],
    [`rmdir ${path}`, (w) => w.fs.rmdir(join(w.root, path))],
    [`chmod ${path}`, (w) => w.fs.chmodSync(join(w.root, path), 0o640)],
    [`tryLock ${slot}`, (w) => w.lock.tryLock(fd(w, slot))],
    [`tryShare ${slot}`, (w) => w.lock.tryShare(fd(w, slot))],
    [`unlock ${slot}`, (w) => w.lock.unlock(fd(w, slot))],
  ];
  return chance.pick(draws);
}

async function runList(chance: Chance, directory: string, list: number): Promise<number> {
  const root = join(directory, String(list));
  realFileSystem.mkdirSync(root, 0o700);
  const system = new MemorySystem(new MemoryDisk());
  system.fs.mkdirSync('/root', 0o700);
  const real: World = { root, fs: realFileSystem, lock: realFileLock, open: [] };
  const memory: World = { root: '/root', fs: system.fs, lock: system.lock, open: [] };
  const said: string[] = [];
  try {
    for (let n = 0; n < CALLS; n++) {
      const [words, call] = drawCall(chance);
      said.push(words);
      const expected = await answerOf(call, real);
      expect(await answerOf(call, memory), said.join('\n')).toEqual(expected);
    }
  } finally {
    for (const opened of real.open) if (opened !== undefined) realFileSystem.closeSync(opened);
  }
  return CALLS;
}

it.each([undefined, ...keptSeeds('memory-disk').map(({ seed }) => seed)])(
  'the disk in memory answers as the real one (seed %s)',
  async (kept) => {
    const { seed, chance } = beginRun('memory-disk', 'the same calls twice', kept);
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-memory-')));
    const began = performance.now();
    let calls = 0;
    try {
      for (let list = 0; list < LISTS; list++) calls += await runList(chance, directory, list);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    const seconds = (performance.now() - began) / 1_000;
    keepFigure('memory-disk', {
      what: 'calls answered alike',
      count: calls,
      found: { different: 0 },
      seconds,
      seed,
    });
  },
  minutes(2, 5),
);
