/** What a store is like before a sequence: its disk, and what is on it for certain. */
import { join } from 'node:path';
import type { FilesBackend } from '../../src/backends/files/files-backend.ts';
import type { OpenedStore } from '../../src/backends/files/opened-store.ts';
import type { Warning } from '../../src/contract/store.ts';
import { directoryOf } from '../../test/files/paths-of-session.ts';
import type { FileInode } from '../memory-disk/inode.ts';
import { MemoryDisk } from '../memory-disk/memory-disk.ts';
import { MemorySystem } from '../memory-disk/memory-system.ts';
import { openRecorded, ROOT } from './open-recorded.ts';
import { BYSTANDER, KEY, OPERATIONS, type Scene } from './operations.ts';
import { Persistence } from './persistence.ts';
import type { View } from './view.ts';

export interface Prepared {
  disk: MemoryDisk;
  persistence: Persistence;
  /** What the session was, oldest first; the last one is what it is. */
  views: View[];
  /** All of it is on the disk for certain. */
  kept: boolean;
  /** The store in which the sequence runs. */
  open(): Promise<{ store: OpenedStore; backend: FilesBackend; warnings: Warning[] }>;
}

type Durability = 'process' | 'power';
type Opened = Awaited<ReturnType<typeof openRecorded>>;

const NOTHING: View = { told: undefined, records: new Map() };
/** A session with an entry, two conversations, and a text in each. */
const LIVELY = ['update', 'append', 'reset', 'append'];

/** The world of another process. */
function processOn(disk: MemoryDisk, number: number): MemorySystem {
  return new MemorySystem(disk, { process: number, slowSyncs: true });
}

function emptyDisk(): MemoryDisk {
  const disk = new MemoryDisk();
  disk.makeDirectory('/var', 0o755);
  return disk;
}

async function makeBystander({ backend }: Opened): Promise<void> {
  await backend.update(BYSTANDER, { stands: 'by' }, {});
  await backend.append(BYSTANDER, { type: 'note', text: 'by' }, {}, {});
}

async function makeLively({ backend, store }: Opened): Promise<View[]> {
  const views = [NOTHING];
  for (const [n, name] of LIVELY.entries()) {
    const operation = OPERATIONS.find((one) => one.name === name) as (typeof OPERATIONS)[number];
    const before = views.at(-1) as View;
    const scene: Scene = { backend, store, before, fence: undefined, n };
    views.push(await operation.run(scene));
  }
  return views;
}

/** Not even the directory of the store is there. */
async function nothing(durability: Durability): Promise<Prepared> {
  const disk = emptyDisk();
  const open = () => openRecorded(processOn(disk, 1), durability);
  return { disk, persistence: new Persistence(disk), views: [NOTHING], kept: true, open };
}

/** A session in use, on the disk; the store that made it goes on. */
async function lively(durability: Durability): Promise<Prepared> {
  const disk = emptyDisk();
  const opened = await openRecorded(processOn(disk, 1), durability);
  await makeBystander(opened);
  const views = (await makeLively(opened)).slice(-1);
  const open = async () => opened;
  return { disk, persistence: new Persistence(disk), views, kept: true, open };
}

/** A session in use whose last writers died in the middle of a line; another process goes on. */
async function torn(durability: Durability): Promise<Prepared> {
  const disk = emptyDisk();
  const opened = await openRecorded(processOn(disk, 1), durability);
  await makeBystander(opened);
  const views = (await makeLively(opened)).slice(-1);
  const { sessionId } = (views[0] as View).told as NonNullable<View['told']>;
  const directory = directoryOf(ROOT, KEY);
  for (const name of ['meta.1.jsonl', `${sessionId}.jsonl`]) {
    const file = disk.get(join(directory, name), 'open') as FileInode;
    disk.write(file, file.size, Buffer.from(`{"torn":"${'t'.repeat(700)}`));
  }
  disk.write(disk.makeFile(join(directory, `meta.2.jsonl.tmp-${'0'.repeat(32)}`), 0o600), 0, HALF);
  const open = () => openRecorded(processOn(disk, 2), durability);
  return { disk, persistence: new Persistence(disk), views, kept: true, open };
}

const HALF = Buffer.from('{"v":1,"key"');

/** A process made a session and was killed; nothing of it is synced. Another process goes on. */
async function killed(durability: Durability): Promise<Prepared> {
  const disk = emptyDisk();
  await makeBystander(await openRecorded(processOn(disk, 1), 'power'));
  const persistence = new Persistence(disk);
  disk.onChange = (change) => persistence.take(change);
  const views = await makeLively(await openRecorded(processOn(disk, 2), 'process'));
  const open = () => openRecorded(processOn(disk, 3), durability);
  return { disk, persistence, views, kept: false, open };
}

export const STARTS = { nothing, lively, torn, killed } as const;
export type StartName = keyof typeof STARTS;
export const START_NAMES = Object.keys(STARTS) as StartName[];
