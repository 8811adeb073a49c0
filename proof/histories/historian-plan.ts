/** What a process of a history is told when it starts. */
export interface HistorianPlan {
  /** What it opens: a directory, or the URL of a server. */
  directory: string;
  /** Its file of calls. */
  notes: string;
  name: string;
  /** How often it was started before. */
  start: number;
  seed: number;
  keys: string[];
  /** Calls after which it ends in order. */
  calls: number;
}
