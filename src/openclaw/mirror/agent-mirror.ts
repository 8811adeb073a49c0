/**
 * The mirror of one agent's sessions, and one look at it:
 *
 *     without --the writer's lock was taken--> writer; what was written last is read
 *     writer  --the file is another program's work, and whole--> its edits are taken over; written
 *     writer  --the file is not whole, and was not at the last look either--> kept beside; written
 *     writer  --sessions have changed--> written
 *     writer  --the lock has lost its name--> without
 *
 * A file is put in its place only when what lies there is still what was looked at.
 */
import { HoldfastError } from '../../model/errors.ts';
import { breathe } from '../../system/timers.ts';
import { directoryKind, readOwnFile } from '../own-file.ts';
import { draftMirror, isCurrent } from './draft-mirror.ts';
import { type Identity, removeIfThere, sameFile } from './file-facts.ts';
import { keepBeside } from './keep-beside.ts';
import { type Looked, lookAtFile } from './look-at-file.ts';
import type { MirrorContext } from './mirror-context.ts';
import { MirrorNews } from './mirror-news.ts';
import { formerMarks, marksInFile, presentEntries } from './next-entries.ts';
import { placeMirror } from './place-mirror.ts';
import { PromptFolder } from './prompt-folder.ts';
import { KnownSessions, type SessionRows } from './session-rows.ts';
import { notePlaced, readState } from './state-file.ts';
import { type Seen, TakeOver } from './take-over-file.ts';
import { WriterLock } from './writer-lock.ts';
import { isCarried, type MirrorEntry, type Written } from './written.ts';

/** Looks in a row when others write at the same time; then the next one is waited for. */
const LOOKS_MAX = 4;
const BYTES_MAX = 268_435_456;

export class AgentMirror {
  readonly #context: MirrorContext;
  readonly #lock: WriterLock;
  readonly #prompts: PromptFolder;
  readonly #news: MirrorNews;
  readonly #takeOver: TakeOver;
  readonly #sessions: KnownSessions;
  readonly #unread = new Map<string, number>();
  /** What was written last is known as far as it can be. */
  #begun = false;
  #written: Written | undefined;
  /** A file that was not whole at the last look. */
  #broken: Identity | undefined;

  constructor(context: MirrorContext, holder: object) {
    this.#context = context;
    const { system, paths } = context;
    this.#lock = new WriterLock(system, paths, holder);
    this.#prompts = new PromptFolder(system, paths.directory);
    this.#news = new MirrorNews(context);
    this.#takeOver = new TakeOver(context, this.#news);
    this.#sessions = new KnownSessions(context);
  }

  /** Takes over edits and writes what has changed, when this process is the writer. */
  async look(): Promise<void> {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      if (await this.#lookOnce()) return;
      await breathe(this.#context.system.timers);
    }
  }

  async close(): Promise<void> {
    await this.#lock.release();
  }

  /** `false`: something was in the way that may be gone by now. */
  async #lookOnce(): Promise<boolean> {
    const { system, paths } = this.#context;
    if ((await directoryKind(system.fs, paths.own)) !== 'directory') return true;
    const lock = await this.#lock.take();
    if (lock === 'no') return true;
    if (lock === 'new') this.#begun = false;
    if (!this.#begun) await this.#begin();
    const looked = await lookAtFile(system.fs, paths.file, this.#written?.file);
    if (looked.kind === 'changing') return false;
    if (looked.kind === 'foreign') {
      this.#news.foreign(looked.reason);
      return true;
    }
    if (looked.kind === 'broken' && !(await this.#setAside(looked))) return true;
    if (looked.kind === 'ours') await this.#settle();
    const seen =
      looked.kind === 'whole'
        ? await this.#takeOver.run(looked.list, this.#written, await this.#sessions.rows())
        : undefined;
    return await this.#write(looked, seen);
  }

  /** What others have written since this process was the writer, or before it began. */
  async #begin(): Promise<void> {
    const { system, paths, names } = this.#context;
    const state = await readState(system, paths.state, names);
    this.#written = state === 'missing' ? undefined : state;
    this.#broken = undefined;
    this.#begun = true;
  }

  /** The file has its name, so its writer died, or had no time, before it could say so. */
  async #settle(): Promise<void> {
    const written = this.#written as Written;
    if (written.placed) return;
    await notePlaced(this.#context.system, this.#context.paths.state);
    written.placed = true;
    written.former.clear();
  }

  /**
   * A file that is not whole may be one that is being written. At the second look it is not: it is
   * kept beside, and written anew. It says nothing about any session.
   */
  async #setAside(looked: Extract<Looked, { kind: 'broken' }>): Promise<boolean> {
    const { system, paths } = this.#context;
    if (!sameFile(this.#broken, looked.identity)) {
      this.#broken = looked.identity;
      return false;
    }
    const read = await readOwnFile(system.fs, paths.file, { bytesMax: BYTES_MAX });
    if (!('bytes' in read)) {
      // It may hold anything: what can not be kept beside is not replaced either.
      const why = 'reason' in read ? read.reason : 'it is gone';
      throw new HoldfastError('IO_FAILED', `${paths.file} stays as it is: ${why}.`);
    }
    this.#broken = undefined;
    const kept = read.bytes.some((byte) => byte !== 0)
      ? await keepBeside(system, paths.directory, read.bytes)
      : undefined;
    this.#news.broken(looked.reason, kept);
    return true;
  }

  async #write(looked: Looked, seen: Seen | undefined): Promise<boolean> {
    const context = this.#context;
    const { dialect, paths, system } = context;
    const written = this.#written;
    const rows = await this.#sessions.rows();
    const present = presentEntries(written, seen);
    const same = written?.dialect === dialect.name && written.directory === paths.directory;
    const ours = looked.kind === 'ours' && same;
    if (ours && !this.#isDue(rows, present)) return true;
    if (looked.kind === 'missing' && rows.size === 0 && present.size === 0) return true;
    const draft = await draftMirror(context, {
      rows,
      present,
      copyFrom: ours ? paths.file : undefined,
      unread: this.#unread,
      prompts: this.#prompts,
      temporary: this.#lock.temporary,
    });
    if (draft === undefined) return false;
    const next: Written = {
      ...draft,
      dialect: dialect.name,
      directory: paths.directory,
      placed: false,
      former: formerMarks(draft.entries, marksInFile(looked, written, seen)),
    };
    const before = 'identity' in looked ? looked.identity : undefined;
    const outcome = await placeMirror(context, next, before, this.#lock.temporary);
    if (outcome !== 'placed') {
      await removeIfThere(system.fs, this.#lock.temporary);
      return outcome === 'locked';
    }
    this.#written = next;
    return true;
  }

  #isDue(rows: SessionRows, present: Map<string, MirrorEntry>): boolean {
    for (const [key, entry] of present) if (!rows.has(key) && !isCarried(entry)) return true;
    for (const [key, row] of rows) {
      if (!isCurrent(present.get(key), row) && this.#unread.get(key) !== row.rev) return true;
    }
    return false;
  }
}
