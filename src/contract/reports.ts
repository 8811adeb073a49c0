import type { ErrorCode } from '../model/errors.ts';

/** One thing that is not as it should be. */
export interface Problem {
  code: ErrorCode | 'LEFTOVER' | 'ORPHAN' | 'DUPLICATE' | 'PERMISSIONS';
  /** `damage`: a session is not served as it was; `notice`: nothing is lost and nothing is wrong. */
  severity: 'damage' | 'notice';
  key?: string;
  /** Relative to the store, where the back end has paths. */
  path?: string;
  /** Bytes concerned, first and one past the last. */
  range?: { from: number; to: number };
  message: string;
  /** What `repair` would do, or what a person has to do. */
  remedy: string;
}

export interface VerifyReport {
  /** No problem of severity `damage`. */
  ok: boolean;
  checked: { sessions: number; transcripts: number; archives: number; bytes: number };
  problems: Problem[];
}

export interface RepairReport {
  /** True when nothing was changed because the caller asked for a dry run. */
  dryRun: boolean;
  actions: { key?: string; path?: string; action: string; keptAside?: string }[];
  /** What repair can not mend. */
  remaining: Problem[];
}

/** Archives of one class of age. */
export interface ArchivesOfAge {
  /** Younger than so many days; `null` for all that are older. */
  upToDays: number | null;
  count: number;
  bytes: number;
}

/** Counts and bytes of a whole store. */
export interface StoreFigures {
  sessions: number;
  turns: number;
  archives: number;
  bytes: {
    metadata: number;
    transcripts: number;
    archives: number;
    blobs: number;
    journals: number;
  };
  blobs: {
    count: number;
    references: number;
    /** At most ten, by what they save: bytes x (references - 1), largest first. */
    biggest: { hash: string; bytes: number; references: number }[];
  };
  /** Bytes of metadata logs: the first lines (snapshots), and the changes after them. */
  logs: { snapshots: number; changes: number };
  /**
   * Archives by age, youngest class first: younger than a day, a week, a month (30 days), a year,
   * and older (`upToDays` is `null`). Bytes are those of entries and transcripts.
   */
  archivesByAge: ArchivesOfAge[];
  journals: { count: number };
  /** At most ten, largest first. */
  biggest: { key: string; bytes: number }[];
}
