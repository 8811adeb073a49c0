/**
 * The state of a mirror on the disk: `mirror.jsonl` beside the sessions. A first line with what is
 * said once, a line for each entry, one for each former entry, a last one with a checksum of all bytes
 * before it; then a line that says that the file has its name. Whole files come by rename. What does
 * not check counts as not there: then nothing is known of what was written, and nothing of what the
 * file has is taken over where the store has something else.
 */
import { crc32 } from 'node:zlib';
import { HoldfastError } from '../../model/errors.ts';
import { isPlainObject } from '../../model/plain-object.ts';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import { readOwnFile } from '../own-file.ts';
import { removeIfThere } from './file-facts.ts';
import { FieldNames, MARK_LENGTH, type Marks } from './marks.ts';
import { PieceWriter } from './piece-writer.ts';
import { replaceFile } from './replace-file.ts';
import { isCarried, type MirrorEntry, type Written } from './written.ts';

const VERSION = 1;
const PLACED = '{"placed":true}\n';
/** As large as a `sessions.json` that is read; the state is smaller than the file that it is about. */
const BYTES_MAX = 268_435_456;

export async function writeState(system: System, path: string, written: Written): Promise<void> {
  const { fs } = system;
  const temporary = `${path}.new`;
  await removeIfThere(fs, temporary);
  const fd = await fs.open(temporary, OPEN.createNew, 0o600);
  try {
    const out = new PieceWriter(system, fd);
    let sum = 0;
    for (const line of linesOf(written)) {
      sum = crc32(line, sum);
      await out.add(line);
    }
    await out.add(`${JSON.stringify({ c: sum.toString(16).padStart(8, '0') })}\n`);
    await out.end();
  } finally {
    await fs.close(fd);
  }
  await replaceFile(system, temporary, path);
}

/** Says that the file which the state is about has its name. */
export async function notePlaced({ fs }: System, path: string): Promise<void> {
  const fd = await fs.open(path, OPEN.append, 0);
  try {
    await writeBytes(fs, fd, PLACED);
  } finally {
    await fs.close(fd);
  }
}

function* linesOf({ dialect, directory, file, entries, former }: Written): Generator<string> {
  const shapes = new Map<readonly string[], number>();
  const shapeOf = ({ names }: Marks) => {
    const known = shapes.get(names);
    if (known !== undefined) return known;
    shapes.set(names, shapes.size);
    return shapes.size - 1;
  };
  for (const entry of entries.values()) if (!isCarried(entry)) shapeOf(entry.marks);
  for (const marks of former.values()) if (marks !== undefined) shapeOf(marks);
  const head = { v: VERSION, dialect, directory, file, shapes: [...shapes.keys()] };
  yield `${JSON.stringify(head)}\n`;
  for (const [key, entry] of entries) {
    if (isCarried(entry)) yield `${JSON.stringify([key, entry.carried])}\n`;
    else {
      const { rev, updatedAt, at, length, marks } = entry;
      const line = [key, rev, updatedAt, at, length, shapeOf(marks), marks.values];
      yield `${JSON.stringify(line)}\n`;
    }
  }
  for (const [key, marks] of former) {
    const was = marks === undefined ? [] : [shapeOf(marks), marks.values];
    yield `${JSON.stringify({ former: [key, ...was] })}\n`;
  }
}

/** `missing`: there never was a mirror. `undefined`: there was, and nothing is known of it. */
export async function readState(
  { fs }: System,
  path: string,
  names: FieldNames = new FieldNames(),
): Promise<Written | 'missing' | undefined> {
  const read = await readOwnFile(fs, path, { bytesMax: BYTES_MAX });
  if ('missing' in read) return 'missing';
  if ('reason' in read) {
    throw new HoldfastError(
      'UNSAFE_PATH',
      `${path} can not tell what was written: ${read.reason}.`,
    );
  }
  const text = read.bytes.toString('utf8');
  const placed = text.endsWith(`}\n${PLACED}`);
  // What follows the checksum and is not that line was cut off by a crash.
  const end = text.lastIndexOf('\n{"c":"');
  const checksum = /^\{"c":"([0-9a-f]{8})"\}\n/.exec(text.slice(end + 1))?.[1];
  const body = text.slice(0, end + 1);
  if (end < 0 || crc32(body).toString(16).padStart(8, '0') !== checksum) return undefined;
  const [head, ...lines] = body.trimEnd().split('\n');
  const first: unknown = JSON.parse(head as string);
  if (!isPlainObject(first) || first.v !== VERSION) return undefined;
  const { dialect, directory, file, shapes } = first as unknown as Head;
  const shared = shapes.map((shape) => names.same(shape));
  const written: Written = {
    dialect,
    directory,
    file,
    placed,
    entries: new Map(),
    former: new Map(),
  };
  for (const line of lines) takeLine(JSON.parse(line) as Line, written, shared);
  return written;
}

interface Head {
  dialect: string;
  directory: string;
  file: Written['file'];
  shapes: string[][];
}

type EntryLine =
  | [key: string, carried: string]
  | [string, rev: number, updatedAt: number, at: number, length: number, number, values: string];
type Line = EntryLine | { former: [key: string, shape?: number, values?: string] };

/** The checksum has told that these lines are as they were written. */
function takeLine(line: Line, written: Written, shapes: readonly (readonly string[])[]): void {
  const marks = (shape: number, values: string): Marks => {
    const names = shapes[shape] as readonly string[];
    return { names, values: values.slice(0, names.length * MARK_LENGTH) };
  };
  if (!Array.isArray(line)) {
    const [key, shape, values] = line.former;
    written.former.set(key, shape === undefined ? undefined : marks(shape, values as string));
    return;
  }
  written.entries.set(line[0], entryOf(line, marks));
}

function entryOf(line: EntryLine, marks: (shape: number, values: string) => Marks): MirrorEntry {
  if (line.length === 2) return { carried: line[1] };
  const [, rev, updatedAt, at, length, shape, values] = line;
  return { rev, updatedAt, at, length, marks: marks(shape, values) };
}
