/** What a release or an export did, and what it left out. */
export interface ReleaseReport {
  /** The last version of OpenClaw that writes in the form that was written. */
  openclaw: string;
  /** The state directory. */
  directory: string;
  /** `false` for a plan: nothing was changed. */
  done: boolean;
  /** Where the store's own files lie now, relative to the directory; only after a release. */
  aside?: string;
  /** Sessions that are in the lists of OpenClaw now. */
  sessions: number;
  /** Former conversations whose transcripts OpenClaw finds as archives. */
  archives: number;
  /** Transcripts that were written; all others lie where OpenClaw had left them. */
  transcripts: number;
  /** Entries that are no sessions of the store and are in the new lists as they were. */
  carried: number;
  /** What is not in the directory, with its reason. After a release it is still in `aside`. */
  leftOut: LeftOut[];
  /** What was tolerated, mended or set aside. */
  notices: LeftOut[];
  stores: ReleasedStore[];
}

/** Something that a person may want to look at. */
export interface LeftOut {
  key?: string;
  /** Relative to the state directory. */
  path?: string;
  reason: string;
}

/** One `sessions.json` that was written. */
export interface ReleasedStore {
  agentId: string;
  /** Relative to the state directory. */
  path: string;
  sessions: number;
  archives: number;
  transcripts: number;
  carried: number;
  /** Sessions that were removed since they were adopted: they are not in the list any more. */
  removed: number;
  /** Transcripts of no session, recovered by the adoption and untouched: they stay as they are. */
  orphans: number;
}

/** Called at each session. */
export interface ReleaseProgress {
  sessions: number;
  of: number;
}

/** The sums over all agents. */
export function sumsOf(stores: readonly ReleasedStore[]) {
  const sum = (field: 'sessions' | 'archives' | 'transcripts' | 'carried') =>
    stores.reduce((total, store) => total + store[field], 0);
  return {
    sessions: sum('sessions'),
    archives: sum('archives'),
    transcripts: sum('transcripts'),
    carried: sum('carried'),
  };
}
