/**
 * The transcript that a session appends to. The caller holds the session's lock.
 *
 *     closed --append--> open at a conversation's file; its leaf is found from the end backwards
 *     open   --grown by others--> the new lines move the leaf
 *     open   --reset, restore, replaced file--> closed
 *
 * Ids of the last records are collected only when a caller gives an id of its own; made ids are new.
 */
import { LIMITS } from '../../model/limits.ts';
import { OPEN } from '../../system/file-system.ts';
import { cutTornTail } from './cut-torn-tail.ts';
import type { FilesContext } from './files-context.ts';
import { ioError } from './io-error.ts';
import type { LogState } from './log-state.ts';
import { requireOwnFile } from './safe-path.ts';
import type { SessionFiles } from './session-files.ts';
import { SyncGroup } from './sync-group.ts';
import { lastIds, leafAtEnd, lookBack, type RecordPlace, wholeSize } from './transcript-end.ts';
import { type TranscriptPlace, transcriptPlace } from './transcript-path.ts';

/** As in the metadata log: a file that people deleted by hand is noticed after so long. */
const LOOK_MS_MAX = 100;
const PROBE = Buffer.alloc(1);
export class TranscriptLog {
  readonly #context: FilesContext;
  readonly #session: SessionFiles;
  readonly syncs: SyncGroup;
  #sessionId = '';
  #stored: unknown;
  #place: TranscriptPlace | undefined;
  #warned = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #ino = -1;
  fd = -1;
  /** The name of the file is known to be on the disk. */
  named = false;
  /** Bytes known: up to the last whole line. */
  size = 0;
  /** The record under which the next one is put; `undefined` while it is not known. */
  leaf: string | null | undefined;
  /** The last records by id, oldest first; `undefined` until a caller gives an id. */
  ids: Map<string, RecordPlace> | undefined;

  constructor(context: FilesContext, session: SessionFiles) {
    this.#context = context;
    this.#session = session;
    this.syncs = new SyncGroup(context.system);
  }

  get path(): string {
    return (this.#place as TranscriptPlace).path;
  }

  /** What the next commit of the entry has to mend, when its stored path is bad. */
  repairOf(state: LogState): TranscriptPlace['repair'] | undefined {
    if (state.entry.sessionFile === undefined) return undefined;
    return this.locate(state).repair;
  }

  /** Where the transcript of the active conversation lies; for whoever holds the lock. */
  locate(state: LogState): TranscriptPlace {
    const place = this.placeOf(state);
    if (place === this.#place) return place;
    if (this.#place?.path !== place.path) this.close();
    this.#sessionId = state.sessionId;
    this.#stored = state.entry.sessionFile;
    this.#place = place;
    return place;
  }

  /**
   * As {@link locate}, for those who look without the lock: their state may be an older one, and
   * what a writer has open for the latest must stay open.
   */
  placeOf(state: LogState): TranscriptPlace {
    const { sessionId, entry } = state;
    const known = this.#sessionId === sessionId && this.#stored === entry.sessionFile;
    if (this.#place && known) return this.#place;
    const place = transcriptPlace(this.#context.system.fs, this.#session, sessionId, entry);
    if (place.repair && !this.#warned) {
      this.#warned = true;
      this.#context.warn({
        code: 'BAD_TRANSCRIPT_PATH',
        key: this.#session.key,
        message: `The stored transcript path of session ${JSON.stringify(this.#session.key)} is not used: ${place.repair.reason}. ${place.repair.set ? 'The file of that name in the right place is used.' : 'Its transcript lies in its own place.'}`,
      });
    }
    return place;
  }

  /** Opens the file, making it when it is missing, and finds its leaf; returns a promise for that. */
  prepare(state: LogState): undefined | Promise<void> {
    this.locate(state);
    const { fs } = this.#context.system;
    if (this.#isUnchanged()) return undefined;
    if (this.fd < 0) this.#open();
    this.#lookedAt = this.#context.system.clock.elapsed();
    let facts = fs.fstatSync(this.fd);
    if (facts.nlink === 0) {
      this.close();
      this.#open();
      facts = fs.fstatSync(this.fd);
    }
    if (facts.size === this.size && this.leaf !== undefined) return undefined;
    if (!this.ids) {
      const leaf = leafAtEnd(fs, this.fd, facts.size);
      if (leaf !== undefined) {
        this.leaf = leaf;
        this.size = facts.size;
        return undefined;
      }
    }
    return this.#learn(facts.size);
  }

  /** Whether nothing was appended by others; asked as the metadata log asks it, for the same reason. */
  #isUnchanged(): boolean {
    const { fs, clock } = this.#context.system;
    if (this.fd < 0 || this.leaf === undefined) return false;
    if (clock.elapsed() - this.#lookedAt > LOOK_MS_MAX) return false;
    return fs.readSync(this.fd, PROBE, 0, 1, this.size) === 0;
  }

  /** Takes over a record that was just appended. */
  advance(bytes: number, leaf: string | null | undefined, id?: string, place?: RecordPlace): void {
    this.size += bytes;
    if (leaf !== undefined) this.leaf = leaf;
    if (!this.ids || id === undefined || !place) return;
    this.ids.set(id, place);
    if (this.ids.size <= LIMITS.recordIdsRemembered) return;
    this.ids.delete(this.ids.keys().next().value as string);
  }

  /** Collects the ids of the last records. */
  async learnIds(): Promise<Map<string, RecordPlace>> {
    this.ids = await lastIds(this.#context.system.fs, this.fd, this.size);
    return this.ids;
  }

  /** Closes the file and forgets it: another conversation is active, or this one was replaced. */
  close(): void {
    this.release();
    this.#forget();
  }

  /** Closes the file; what is known of it is good as long as it is the same file. */
  release(): void {
    const { fd } = this;
    this.ids = undefined;
    if (fd < 0) return;
    this.fd = -1;
    const { fs } = this.#context.system;
    if (this.syncs.idle) fs.closeSync(fd);
    else this.#context.later(this.syncs.settled().then(() => fs.closeSync(fd)));
  }

  #forget(): void {
    this.leaf = undefined;
    this.named = false;
    this.ids = undefined;
    this.size = 0;
    this.#ino = -1;
  }

  #open(): void {
    const { fs } = this.#context.system;
    const { key } = this.#session;
    try {
      const fd = fs.openSync(this.path, OPEN.appendOrCreate, 0o600);
      try {
        const { ino } = requireOwnFile(fs.fstatSync(fd), this.path, key);
        if (ino !== this.#ino) this.#forget();
        this.#ino = ino;
      } catch (cause) {
        fs.closeSync(fd);
        throw cause;
      }
      this.fd = fd;
    } catch (cause) {
      throw ioError(cause, 'open the transcript', key);
    }
    this.#session.count();
  }

  /** Finds the end of the last whole line and the leaf, however the file came to be as it is. */
  async #learn(fileSize: number): Promise<void> {
    const { fs } = this.#context.system;
    const whole = await wholeSize(fs, this.fd, fileSize);
    if (whole < fileSize) {
      await cutTornTail(this.#context, this.#session, this.path, this.fd, whole, fileSize);
    }
    const known = whole >= this.size && this.leaf !== undefined ? this.size : 0;
    if (known === 0) this.ids = undefined;
    const { leaf, news } = await lookBack(fs, this.fd, whole, known, this.ids !== undefined);
    this.leaf = leaf === undefined ? (this.leaf ?? null) : leaf;
    this.size = whole;
    for (const [id, place] of news) this.advance(0, undefined, id, place);
  }
}
