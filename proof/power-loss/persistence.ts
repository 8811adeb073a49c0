/**
 * What a disk has promised to keep, and what it may still lose, as changes are made.
 *
 * A file: its bytes as they were at its last sync, and each content that it had since. A directory:
 * its names at its last sync, and every change of a name since. Changes of one name keep their order,
 * a rename is whole or absent, and nothing else is promised: a name may be on the disk without the
 * bytes behind it, bytes without their name, and one name without the other that was made before it.
 */
import type { Inode } from '../memory-disk/inode.ts';
import { contentOf } from '../memory-disk/inode.ts';
import type { Change, MemoryDisk, NameOf } from '../memory-disk/memory-disk.ts';

/** A change of names that is not on the disk for certain. */
export interface NameChange {
  readonly when: number;
  readonly what: string;
  readonly directories: readonly number[];
  /** Names that it is about, each as directory and name: those before it come before it. */
  readonly touches: readonly string[];
  apply(names: Names): void;
}

/** Names of each directory: the inode number that each leads to. */
export type Names = Map<number, Map<string, number>>;

/** What a file was at its last sync, and since. */
export interface FileHistory {
  readonly kept: Buffer;
  readonly since: readonly { readonly when: number; readonly bytes: Buffer }[];
}

/** What a crash at this moment has to choose from. */
export interface Pending {
  readonly names: Names;
  readonly nameChanges: readonly NameChange[];
  readonly files: ReadonlyMap<number, FileHistory>;
  readonly modes: ReadonlyMap<number, number>;
  readonly root: number;
  readonly lastIno: number;
}

const NONE = Buffer.alloc(0);

export class Persistence {
  readonly #root: number;
  readonly #names: Names = new Map();
  readonly #files = new Map<number, FileHistory>();
  readonly #modes = new Map<number, number>();
  #nameChanges: NameChange[] = [];
  #lastIno: number;
  /** As the disk counts its changes. */
  #when: number;

  /** All that the disk holds now is kept. */
  constructor(disk: MemoryDisk) {
    this.#root = disk.root.ino;
    this.#lastIno = disk.lastIno;
    this.#when = disk.changes;
    this.#keep(disk.root);
  }

  take(change: Change): void {
    switch (change.kind) {
      case 'write': {
        const before = this.#content(change.ino);
        const bytes = Buffer.alloc(Math.max(before.length, change.at + change.data.length));
        before.copy(bytes);
        change.data.copy(bytes, change.at);
        this.#changed(change.ino, bytes);
        break;
      }
      case 'truncate': {
        const bytes = Buffer.alloc(change.size);
        this.#content(change.ino).copy(bytes);
        this.#changed(change.ino, bytes);
        break;
      }
      case 'sync':
        this.#sync(change.ino, change.upTo);
        break;
      default:
        this.#nameChanges.push(nameChange(change, this.#when));
    }
    if (change.kind === 'link') this.#made(change.inode);
    this.#when += 1;
  }

  /** What may be left after a crash now. It does not change with what is taken later. */
  pending(): Pending {
    return {
      names: copyOf(this.#names),
      nameChanges: [...this.#nameChanges],
      files: new Map(this.#files),
      modes: this.#modes,
      root: this.#root,
      lastIno: this.#lastIno,
    };
  }

  #keep(inode: Inode): void {
    this.#modes.set(inode.ino, inode.mode);
    if (inode.kind === 'file') {
      this.#files.set(inode.ino, { kept: Buffer.from(contentOf(inode)), since: [] });
      return;
    }
    this.#names.set(
      inode.ino,
      new Map([...inode.names].map(([name, child]): [string, number] => [name, child.ino])),
    );
    for (const child of inode.names.values()) this.#keep(child);
  }

  #made({ ino, kind, mode }: { ino: number; kind: string; mode: number }): void {
    this.#lastIno = Math.max(this.#lastIno, ino);
    this.#modes.set(ino, mode);
    if (kind === 'directory') this.#names.set(ino, new Map());
    else this.#files.set(ino, { kept: NONE, since: [] });
  }

  #content(ino: number): Buffer {
    const file = this.#files.get(ino);
    return file?.since.at(-1)?.bytes ?? file?.kept ?? NONE;
  }

  #changed(ino: number, bytes: Buffer): void {
    const file = this.#files.get(ino) ?? { kept: NONE, since: [] };
    const since = [...file.since, { when: this.#when, bytes }];
    this.#files.set(ino, { kept: file.kept, since });
  }

  /** What was changed before the sync began is kept. */
  #sync(ino: number, upTo: number): void {
    const file = this.#files.get(ino);
    if (file) {
      const kept = file.since.findLast(({ when }) => when < upTo)?.bytes ?? file.kept;
      this.#files.set(ino, { kept, since: file.since.filter(({ when }) => when >= upTo) });
      return;
    }
    const needed = new Set<string>();
    const kept = new Set<NameChange>();
    for (const change of [...this.#nameChanges].reverse()) {
      const wanted = change.when < upTo && change.directories.includes(ino);
      if (!wanted && !change.touches.some((name) => needed.has(name))) continue;
      kept.add(change);
      for (const name of change.touches) needed.add(name);
    }
    for (const change of this.#nameChanges) if (kept.has(change)) change.apply(this.#names);
    this.#nameChanges = this.#nameChanges.filter((change) => !kept.has(change));
  }
}

function nameChange(
  change: Extract<Change, { kind: 'link' | 'unlink' | 'rename' }>,
  when: number,
): NameChange {
  const text = ({ directory, name }: NameOf) => `${directory}/${name}`;
  if (change.kind === 'rename') {
    const { from, to } = change;
    return {
      when,
      what: `rename ${text(from)} to ${text(to)}`,
      directories: [from.directory, to.directory],
      touches: [text(from), text(to)],
      apply(names) {
        const ino = names.get(from.directory)?.get(from.name);
        names.get(from.directory)?.delete(from.name);
        if (ino !== undefined) names.get(to.directory)?.set(to.name, ino);
      },
    };
  }
  const { name, kind } = change;
  const place = { when, directories: [name.directory], touches: [text(name)] };
  if (kind === 'unlink') {
    const apply = (names: Names) => void names.get(name.directory)?.delete(name.name);
    return { ...place, what: `unlink ${text(name)}`, apply };
  }
  const { ino } = change.inode;
  const apply = (names: Names) => void names.get(name.directory)?.set(name.name, ino);
  return { ...place, what: `link ${text(name)}`, apply };
}

export function copyOf(names: Names): Names {
  return new Map([...names].map(([ino, within]) => [ino, new Map(within)]));
}
