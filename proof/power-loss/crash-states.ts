/** The states that a crash may leave: every choice of names with every choice of contents. */

import type { Chance } from '../frame/run-facts.ts';
import { type DirectoryInode, directoryInode, fileInode } from '../memory-disk/inode.ts';
import { MemoryDisk } from '../memory-disk/memory-disk.ts';
import { versionsOf } from './file-versions.ts';
import { copyOf, type NameChange, type Names, type Pending } from './persistence.ts';

/** Contents of one file that are looked at; more are drawn by chance. */
const VERSIONS_MAX = 48;
/** Of every file: nothing is so old that it would be cleared away for its age. */
const LONG_AFTER_MS = Date.UTC(2026, 2, 1);
/** With more changes of names than this, their choices are drawn by chance. */
const CHANGES_LISTED_MAX = 12;

/** A disk after a crash, and how it came about. */
export interface CrashState {
  disk: MemoryDisk;
  /** Which changes of names are missing, and which files are not at their newest. */
  missing: string;
}

/** Which changes are on the disk; which content each file has, the newest when not named. */
interface Choice {
  changes: ReadonlySet<NameChange>;
  versions: ReadonlyMap<number, number>;
}

export class CrashStates {
  readonly #pending: Pending;
  readonly #chance: Chance;
  readonly #versions = new Map<number, Buffer[]>();
  /** Trees that were given out: they are told apart by what is in them, not by how they came about. */
  readonly #seen: Set<string>;
  /** Every state was given out; false where they were too many. */
  all = true;

  /** `seen`: trees that were given out for an earlier moment with the same promises. */
  constructor(pending: Pending, chance: Chance, seen: Set<string>) {
    this.#pending = pending;
    this.#chance = chance;
    this.#seen = seen;
    for (const [ino, file] of pending.files) {
      if (file.since.length > 0) this.#versions.set(ino, versionsOf(file, VERSIONS_MAX, chance));
    }
  }

  /** All states, or `most` of them: the extreme ones first, the others by chance. */
  *states(most: number): Generator<CrashState> {
    const { nameChanges } = this.#pending;
    let given = 0;
    const listed = nameChanges.length <= CHANGES_LISTED_MAX ? choicesOf(nameChanges) : undefined;
    const total = listed?.reduce((sum, changes) => sum + this.#countOf(changes), 0);
    this.all = total !== undefined && total <= most;
    const choices = this.all ? this.#every(listed ?? []) : this.#some(most);
    for (const choice of choices) {
      const state = this.#build(choice);
      if (!state) continue;
      yield state;
      given += 1;
      if (given >= most) return;
    }
  }

  /** Files whose content is not certain and that a name leads to. */
  #open(changes: ReadonlySet<NameChange>): number[] {
    const names = this.#namesAfter(changes);
    const found: number[] = [];
    const visit = (ino: number) => {
      const within = names.get(ino);
      if (within) for (const child of within.values()) visit(child);
      else if (this.#versions.has(ino)) found.push(ino);
    };
    visit(this.#pending.root);
    return found;
  }

  #countOf(changes: ReadonlySet<NameChange>): number {
    return this.#open(changes).reduce((n, ino) => n * (this.#versions.get(ino)?.length ?? 1), 1);
  }

  *#every(listed: readonly ReadonlySet<NameChange>[]): Generator<Choice> {
    for (const changes of listed) {
      const open = this.#open(changes);
      const count = this.#countOf(changes);
      for (let number = 0; number < count; number++) {
        let rest = number;
        const versions = new Map<number, number>();
        for (const ino of open) {
          const { length } = this.#versions.get(ino) as Buffer[];
          versions.set(ino, rest % length);
          rest = Math.floor(rest / length);
        }
        yield { changes, versions };
      }
    }
  }

  *#some(most: number): Generator<Choice> {
    yield* this.#extremes();
    const { nameChanges } = this.#pending;
    for (let tries = 0; tries < most * 4; tries++) {
      // Much or little of the names, and of each file what comes.
      const share = this.#chance.below(5);
      const wanted = nameChanges.filter(() => this.#chance.below(4) < share);
      const versions = new Map<number, number>();
      for (const [ino, { length }] of this.#versions) {
        if (this.#chance.below(2) === 0) versions.set(ino, this.#chance.below(length));
      }
      yield { changes: closed(wanted, nameChanges), versions };
    }
  }

  *#extremes(): Generator<Choice> {
    const { nameChanges, files } = this.#pending;
    const everything = new Set(nameChanges);
    const none = new Map([...this.#versions.keys()].map((ino): [number, number] => [ino, 0]));
    yield { changes: everything, versions: new Map() };
    yield { changes: new Set(), versions: none };
    yield { changes: everything, versions: none };
    yield { changes: new Set(), versions: new Map() };
    // Of each file nothing that is new, and zeros in its place.
    for (const ino of this.#versions.keys()) {
      for (const version of [0, 1])
        yield { changes: everything, versions: new Map([[ino, version]]) };
    }
    for (const change of nameChanges) {
      const others = nameChanges.filter((other) => other !== change);
      yield { changes: closedWithout(others, nameChanges, change), versions: new Map() };
    }
    for (const [ino, versions] of this.#versions) {
      for (let version = 0; version < versions.length; version++) {
        yield { changes: everything, versions: new Map([[ino, version]]) };
        yield { changes: everything, versions: new Map([...none, [ino, version]]) };
      }
    }
    // As if nothing were ever put off: what had happened by each moment.
    for (const moment of this.#moments()) {
      const versions = new Map<number, number>();
      for (const [ino, all] of this.#versions) {
        const file = files.get(ino);
        const bytes = file?.since.findLast((one) => one.when <= moment)?.bytes ?? file?.kept;
        const version = bytes ? all.findIndex((other) => other.equals(bytes)) : -1;
        if (version >= 0) versions.set(ino, version);
      }
      yield { changes: new Set(nameChanges.filter((one) => one.when <= moment)), versions };
    }
  }

  /** When anything that is not certain was changed. */
  #moments(): Set<number> {
    const ofFiles = [...this.#pending.files.values()].flatMap(({ since }) => since);
    return new Set([...ofFiles, ...this.#pending.nameChanges].map(({ when }) => when));
  }

  #namesAfter(changes: ReadonlySet<NameChange>): Names {
    const names = copyOf(this.#pending.names);
    for (const change of this.#pending.nameChanges) if (changes.has(change)) change.apply(names);
    return names;
  }

  #build({ changes, versions }: Choice): CrashState | undefined {
    const names = this.#namesAfter(changes);
    const tree: string[] = [];
    const root = this.#directory(this.#pending.root, names, versions, tree);
    const text = tree.join('\n');
    if (this.#seen.has(text)) return undefined;
    this.#seen.add(text);
    const { nameChanges, lastIno } = this.#pending;
    const absent = nameChanges.filter((change) => !changes.has(change)).map(({ what }) => what);
    const old = [...versions].map(([ino, version]) => `file ${ino} at version ${version}`);
    return { disk: new MemoryDisk(root, lastIno), missing: [...absent, ...old].join(', ') };
  }

  #directory(
    ino: number,
    names: Names,
    versions: ReadonlyMap<number, number>,
    tree: string[],
  ): DirectoryInode {
    const { modes, files } = this.#pending;
    const directory = directoryInode(ino, modes.get(ino) ?? 0o700);
    tree.push(`${ino}{`);
    for (const [name, child] of names.get(ino) ?? []) {
      tree.push(name);
      if (names.has(child)) {
        directory.names.set(name, this.#directory(child, names, versions, tree));
        continue;
      }
      const all = this.#versions.get(child);
      const version = versions.get(child) ?? (all?.length ?? 1) - 1;
      const bytes = all ? (all[version] as Buffer) : (files.get(child)?.kept as Buffer);
      const file = fileInode(child, modes.get(child) ?? 0o600, bytes);
      file.mtimeMs = LONG_AFTER_MS;
      directory.names.set(name, file);
      tree.push(`${child}:${bytes.length}:${all ? bytes.toString('latin1') : ''}`);
    }
    tree.push('}');
    return directory;
  }
}

/** Every set of changes that has, for each of its own, what came before it under the same names. */
function choicesOf(changes: readonly NameChange[]): Set<NameChange>[] {
  let sets: Set<NameChange>[] = [new Set()];
  for (const [n, change] of changes.entries()) {
    const before = changes.slice(0, n).filter((other) => shareName(other, change));
    const allowed = sets.filter((set) => before.every((other) => set.has(other)));
    sets = [...sets, ...allowed.map((set) => new Set(set).add(change))];
  }
  return sets;
}

function shareName(a: NameChange, b: NameChange): boolean {
  return a.touches.some((name) => b.touches.includes(name));
}

/** The wanted changes with everything that has to come before them. */
function closed(wanted: readonly NameChange[], all: readonly NameChange[]): Set<NameChange> {
  const set = new Set(wanted);
  for (const change of [...all].reverse()) {
    if (set.has(change)) continue;
    const needed = [...set].some((one) => one.when > change.when && shareName(one, change));
    if (needed) set.add(change);
  }
  return set;
}

/** Those that can be there without one of them. */
function closedWithout(
  wanted: readonly NameChange[],
  all: readonly NameChange[],
  without: NameChange,
): Set<NameChange> {
  const gone = new Set([without]);
  for (const change of all) {
    if ([...gone].some((one) => one.when < change.when && shareName(one, change))) gone.add(change);
  }
  return new Set(wanted.filter((change) => !gone.has(change)));
}
