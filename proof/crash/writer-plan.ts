/** What the processes of the campaign are told when they start. */
export interface WriterPlan {
  directory: string;
  /** Its file of notes. */
  witness: string;
  /** Also the field of entries that only this writer raises. */
  name: string;
  /** How often it was started before. */
  start: number;
  seed: number;
  /** Sessions that all writers share, by what is done to them. */
  shared: { counted: string; restored: string; removed: string };
  /** The session that nobody else touches. */
  own: string;
  options: { durability: 'process' | 'power'; openFilesMax: number };
  /** Characters of the longest text in an entry or a record. */
  textMax: number;
  /** It says so after as many calls and goes on; its death comes at any moment after that. */
  callsToSay: number;
  /** It closes the store once in good order before it works. */
  closesFirst: boolean;
}

export interface CheckPlan {
  directory: string;
  keys: string[];
  /** The file for what it finds. */
  report: string;
}

/** A whole text of this length: what is torn or mixed with another one differs. */
export function textOf(n: number, length: number): string {
  return String.fromCharCode(97 + (n % 26)).repeat(length);
}

/** Values large enough for blobs, the same in every session. */
export function listOf(n: number): { n: number; skills: string[] } {
  return { n, skills: Array.from({ length: 400 }, (_, i) => `skill ${n}.${i}`) };
}
