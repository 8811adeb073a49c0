/** A conversation of any store as the lines of a transcript of OpenClaw. */
import { isPlainObject } from '../../model/plain-object.ts';
import type { Entry, TranscriptRecord } from '../../model/state.ts';

/** Written by pi and by OpenClaw since the beginning of 2026. */
const VERSION = 3;

/** What the header of a transcript tells. */
export interface Heading {
  key: string;
  sessionId: string;
  /** Milliseconds since the epoch at which the conversation began. */
  beganAt: number;
  entry: Readonly<Entry>;
  /** For conversations that do not tell in which directory they worked. */
  workspace: string;
}

/** The header, then a line for each record. */
export async function* transcriptPieces(
  heading: Heading,
  records: AsyncIterable<TranscriptRecord>,
): AsyncGenerator<string, void> {
  yield headerLine(heading);
  let before: string | null = null;
  for await (const record of records) {
    const { seq, timestamp, ...line } = record;
    // Lines from before there were ids follow each other; their store has made up an id for each.
    const follows = record.id === `at-${seq}` && record.parentId === null;
    const told = { ...line, ...(timestamp !== '' && { timestamp }) };
    yield `${JSON.stringify(follows ? { ...told, parentId: before } : told)}\n`;
    before = record.id;
  }
}

function headerLine({ key, sessionId, beganAt, entry, workspace }: Heading): string {
  const timestamp = new Date(beganAt).toISOString();
  const cwd = workedIn(entry) ?? workspace;
  const header = { type: 'session', version: VERSION, id: sessionId, timestamp, cwd, key };
  return `${JSON.stringify(header)}\n`;
}

function workedIn({ spawnedCwd, spawnedWorkspaceDir, systemPromptReport }: Readonly<Entry>) {
  const reported = isPlainObject(systemPromptReport) ? systemPromptReport.workspaceDir : undefined;
  return [spawnedCwd, spawnedWorkspaceDir, reported].find(
    (path): path is string => typeof path === 'string' && path !== '',
  );
}
