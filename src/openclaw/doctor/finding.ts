import type { FindingCode, Severity } from './finding-codes.ts';

/** One thing that somebody should know about a state directory. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /** Relative to the state directory, with slashes; `''` is the directory itself. */
  path?: string;
  /** The session that it is about. */
  key?: string;
  /** Bytes concerned, first and one past the last. */
  range?: { from: number; to: number };
  /** The line of a transcript, counted from 1, where its number is known. */
  line?: number;
  /** How many it stands for, and how many bytes, when it stands for many. */
  count?: number;
  bytes?: number;
  /** What was seen. */
  reason: string;
  /** What to do. */
  remedy: string;
  /** Set when `mendStateDir` can do it. */
  fix?: Fix;
}

/** What a fix does; nothing is ever deleted. */
export type Fix =
  /** The file is moved into the directory of the fixes, under its relative path. */
  | { do: 'move-aside' }
  /** The permissions become `to`; those before are written down. */
  | { do: 'chmod'; from: number; to: number };

export interface DoctorReport {
  /** The real path of the state directory. */
  directory: string;
  /** `openclaw`: not adopted yet; `holdfast`: a store lies in it. */
  kind: 'openclaw' | 'holdfast';
  /** Whether transcripts were read whole. */
  deep: boolean;
  looked: { agents: number; lists: number; entries: number; files: number; transcripts: number };
  /** By severity, all of them, whether kept or not. */
  counts: Record<Severity, number>;
  /** The first ones of each code. */
  findings: Finding[];
  /** How many more of a code there are than `findings` has. */
  more: { code: FindingCode; count: number }[];
}
