/** Names of transcripts that OpenClaw has set aside: `<transcript>.<why>.<time>`. */
export interface ArchivedName {
  name: string;
  /** The name that the transcript had while it was in use. */
  former: string;
  why: 'reset' | 'deleted' | 'bak';
  /** When it was set aside; milliseconds since the epoch. */
  at: number;
}

const ARCHIVED =
  /^(.+\.jsonl)\.(reset|deleted|bak)\.(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d(?:\.\d{3})?)Z$/;

/** `undefined` for any other name. */
export function archivedName(name: string): ArchivedName | undefined {
  const match = ARCHIVED.exec(name);
  if (match === null) return undefined;
  const [, former, why, date, hours, minutes, seconds] = match as unknown as string[];
  const at = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
  if (Number.isNaN(at)) return undefined;
  return { name, former: former as string, why: why as ArchivedName['why'], at };
}
