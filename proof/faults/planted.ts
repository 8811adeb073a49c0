/** What earlier crashes, tools and rot have left in a closed store. */
import { dirname, join } from 'node:path';
import { sealLine } from '../../src/backends/files/log-line.ts';
import { directoryOf, pathsOf } from '../../test/files/paths-of-session.ts';
import { contentOf } from '../memory-disk/inode.ts';
import type { MemoryDisk } from '../memory-disk/memory-disk.ts';
import type { Start } from './operations.ts';

const AGENT = 'main';
const NOTHING = Buffer.alloc(0);
const LONG_AGO_MS = 7_200_000;
const token = (digit: string) => digit.repeat(32);

/** A closed store whose files may be changed. */
export interface Closed {
  disk: MemoryDisk;
  root: string;
  key: string;
}

/** Files of the session whose names match, with their paths; none when there is no session. */
function filesOf({ disk, root, key }: Closed, pattern: RegExp): string[] {
  const directory = directoryOf(root, key);
  const inode = disk.find(directory, 'find');
  const names = inode?.kind === 'directory' ? [...inode.names.keys()] : [];
  return names.filter((name) => pattern.test(name)).map((name) => join(directory, name));
}

function bytesOf(disk: MemoryDisk, path: string): Buffer {
  const inode = disk.find(path, 'read');
  return inode?.kind === 'file' ? contentOf(inode) : NOTHING;
}

function makeAll(disk: MemoryDisk, path: string): void {
  if (disk.find(path, 'mkdir')) return;
  makeAll(disk, dirname(path));
  disk.makeDirectory(path, 0o700);
}

/** Puts a file there, and the directories above it. */
export function put(disk: MemoryDisk, path: string, content: Buffer | string): void {
  makeAll(disk, dirname(path));
  if (disk.find(path, 'unlink')) disk.unlink(path);
  disk.write(disk.makeFile(path, 0o600), 0, Buffer.from(content));
}

/** Puts text behind what is in a file. */
function extend(disk: MemoryDisk, path: string, text: string): void {
  put(disk, path, Buffer.concat([bytesOf(disk, path), Buffer.from(text)]));
}

/** Puts a store that was closed in order into the condition in which it is to be found. */
export function plantStart(start: Start, closed: Closed): void {
  if (start === 'torn tail') tear(closed);
  if (start === 'leftovers') leave(closed);
}

/** Every file that is appended to ends in half a line; a missing session has half of its first one. */
function tear(closed: Closed): void {
  const { disk, root, key } = closed;
  const archived = filesOf(closed, /archived\.json$/).map((path) => path.slice(0, -14));
  const appended = filesOf(closed, /\.jsonl$/).filter(
    (path) => !archived.includes(path.slice(0, -6)),
  );
  for (const path of appended) extend(disk, path, '{"rev":99,"type":"note","te');
  if (appended.length === 0) {
    const directory = directoryOf(root, key);
    put(disk, join(directory, 'lock'), '');
    put(disk, join(directory, 'meta.1.jsonl'), '{"v":1,"key":"agent:ma');
  }
  extend(disk, join(pathsOf(root, AGENT).changes, '1.1.jsonl'), '["agent:ma');
}

/**
 * Temp files, a removal of another session that was cut short, the lock of a turn that never began.
 * A missing session was removed a moment ago: its log has ended, and its directory is in place.
 */
function leave(closed: Closed): void {
  const { disk, root, key } = closed;
  const { changes, removed } = pathsOf(root, AGENT);
  const directory = directoryOf(root, key);
  put(disk, join(removed, token('a'), 'lock'), '');
  put(disk, join(removed, token('a'), 'meta.1.jsonl'), 'old');
  put(disk, join(changes, 'list.1.jsonl'), 'rot');
  leaveOld(disk, join(changes, `list.1.jsonl.tmp-${token('b')}`));
  if (filesOf(closed, /^meta\./).length === 0) return;
  leaveOld(disk, join(directory, `meta.2.jsonl.tmp-${token('c')}`));
  put(disk, join(directory, 'turn.1.lock'), '');
}

/** A temp file of hours ago. */
function leaveOld(disk: MemoryDisk, path: string): void {
  put(disk, path, 'half');
  const inode = disk.find(path, 'stat');
  if (inode) inode.mtimeMs -= LONG_AGO_MS;
}

/** A removal was cut short right after its commit. */
export function endLog(closed: Closed): void {
  for (const log of filesOf(closed, /^meta\./)) {
    extend(closed.disk, log, sealLine('{"removed":true,"at":1'));
  }
}

/** Three journals of the first slot; the last one ends in half a line. */
export function plantJournals({ disk, root }: Closed): void {
  const { changes } = pathsOf(root, AGENT);
  for (const number of [1, 2, 3]) {
    put(disk, join(changes, `1.${number}.jsonl`), '["agent:main:other",1]\n');
  }
  extend(disk, join(changes, '1.3.jsonl'), '["agent:ma');
}

/** One byte of the log's second line is another one. */
export function damageLog(closed: Closed): void {
  for (const log of filesOf(closed, /^meta\./)) {
    const bytes = Buffer.from(bytesOf(closed.disk, log));
    const at = bytes.indexOf(10) + 5;
    bytes[at] = (bytes[at] as number) ^ 1;
    put(closed.disk, log, bytes);
  }
}

export function damageArchive(closed: Closed): void {
  for (const archive of filesOf(closed, /archived\.json$/)) put(closed.disk, archive, 'rot');
}

/** The transcript of an archived conversation, and nothing that tells of it. */
export function forgetArchive(closed: Closed): void {
  for (const archive of filesOf(closed, /archived\.json$/)) closed.disk.unlink(archive);
}
