/** What an adoption did, and everything that it did not do. */
export interface AdoptReport {
  /** Nothing was written: the numbers say what would be. */
  dryRun: boolean;
  /** Entries that this call made sessions of. */
  adopted: number;
  /** Sessions that were taken over before, those included that were removed since. */
  known: number;
  /** Sessions that this call made of transcripts to which no entry refers. */
  recovered: number;
  /** Entries that were not taken over. They stay in `sessions.json` as they are. */
  refused: Refusal[];
  /** What was tolerated or left alone, and why. */
  notices: Notice[];
  stores: AdoptedStore[];
}

/** Where an adoption stands. */
export interface AdoptProgress {
  /** Sessions that are settled: made, there already, or refused. */
  sessions: number;
  /** Sessions that are not known from before. */
  of: number;
}

/** An entry that is not a session of the Holdfast store. */
export interface Refusal {
  key: string;
  /** The `sessions.json` or the database that has it, relative to the state directory. */
  path: string;
  reason: string;
}

/** Something that a person may want to look at. At most one a session. */
export interface Notice {
  key?: string;
  /** Relative to the state directory. */
  path?: string;
  reason: string;
}

/** One `sessions.json`, or one database, and what became of it. */
export interface AdoptedStore {
  agentId: string;
  /** Relative to the state directory. */
  path: string;
  /** Entries in the file, whatever their shape; 0 for a file that could not be read. */
  entries: number;
  adopted: number;
  known: number;
  refused: number;
  /** Of the adopted sessions, those of which something had to be put right, or was left out. */
  repaired: number;
  /** Of the adopted sessions, those that have a transcript. */
  transcripts: number;
  /** Former conversations of the adopted sessions. */
  archives: number;
  /** Sessions that were made of transcripts to which no entry refers. */
  recovered: number;
  /** Transcripts that no session refers to. They stay where they lie. */
  orphans: number;
  /** Transcripts of sessions that were deleted in OpenClaw. They stay where they lie. */
  deleted: number;
  /** Of a database: records of transcripts that were written. */
  records?: number;
  /** Set when this or what belongs to it can not be read: nothing of this agent was taken over. */
  unreadable?: string;
}
