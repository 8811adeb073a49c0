import { join } from 'node:path';
import type { AgentSessions } from '../state-dir.ts';
import { type Examination, forEachOf } from './examination.ts';
import type { FilesSeen, SeenFile } from './files-seen.ts';
import type { Told } from './findings.ts';
import { idsInName } from './session-names.ts';
import { scanTranscript, type TranscriptScan } from './transcript-scan.ts';

/** The transcripts of one agent, by name and by the ids that they carry. */
export class TranscriptsSeen {
  readonly scans = new Map<string, TranscriptScan>();
  /** Why those are not among the scans that are there all the same. */
  readonly unreadable = new Map<string, string>();
  readonly #byName = new Map<string, string[]>();
  readonly #byHeader = new Map<string, string[]>();

  add(name: string, scan: TranscriptScan): void {
    this.scans.set(name, scan);
    for (const id of idsInName(name)) into(this.#byName, id, name);
    const id = headerId(scan);
    if (id !== undefined) into(this.#byHeader, id, name);
  }

  has(name: string): boolean {
    return this.scans.has(name);
  }

  /** The transcript that carries a session id: in its name, the shortest first, else in its header. */
  of(sessionId: string): string | undefined {
    const named = this.#byName.get(sessionId)?.toSorted((a, b) => a.length - b.length)[0];
    return named ?? this.#byHeader.get(sessionId)?.[0];
  }

  /** Whether a session id stands in a transcript's name. */
  nameHas(name: string, sessionId: string): boolean {
    return idsInName(name).includes(sessionId);
  }

  /** Whether a session id stands in the name or in the header. */
  carries(name: string, sessionId: string): boolean {
    const scan = this.scans.get(name);
    return this.nameHas(name, sessionId) || (scan && headerId(scan)) === sessionId;
  }
}

export function headerId({ header }: TranscriptScan): string | undefined {
  return typeof header === 'object' && typeof header.id === 'string' ? header.id : undefined;
}

function into(map: Map<string, string[]>, id: string, name: string): void {
  const names = map.get(id);
  if (names === undefined) map.set(id, [name]);
  else names.push(name);
}

/** Looks at every transcript. */
export async function lookAtTranscripts(
  examination: Examination,
  agent: AgentSessions,
  files: FilesSeen,
): Promise<TranscriptsSeen> {
  const { system, deep, looked } = examination;
  const seen = new TranscriptsSeen();
  const look = ({ name }: SeenFile) => scanTranscript(system.fs, join(agent.directory, name), deep);
  const scans = await forEachOf(files.of.transcript, look);
  for (const [index, { name }] of files.of.transcript.entries()) {
    const scan = scans[index];
    if (scan === undefined || 'missing' in scan) continue;
    if ('reason' in scan) {
      seen.unreadable.set(name, scan.reason);
      continue;
    }
    looked.transcripts += 1;
    seen.add(name, scan.found);
  }
  return seen;
}

/** What is wrong with one transcript, whoever it belongs to. */
export function transcriptFindings(
  { findings }: Examination,
  at: { path: string; key?: string },
  scan: TranscriptScan,
): void {
  const { bytes, header, damaged, more, tornFrom } = scan;
  const skipped = 'Readers skip it; nothing has to be done, and nothing is rewritten.';
  if (bytes === 0) {
    const remedy = 'The session goes on with an empty history. Put the file back from a backup.';
    findings.add('TRANSCRIPT_EMPTY', { ...at, reason: 'it has 0 bytes', remedy });
    return;
  }
  if (header === 'none' || header === 'foreign') {
    findings.add('TRANSCRIPT_HEADERLESS', {
      ...{ ...at, line: 1 },
      reason: 'its first line is no header, as an old compaction leaves it',
      remedy:
        'Keep a copy: OpenClaw 2026.2 and earlier overwrite such a file when they open it. Holdfast and OpenClaw 2026.7 read its messages.',
    });
  }
  for (const { from, to, line, why } of damaged) {
    findings.add('TRANSCRIPT_DAMAGED', {
      ...{ ...at, range: { from, to }, ...(line !== undefined && { line }) },
      reason: `${line === undefined ? 'a line' : `line ${line}`}: ${why}`,
      remedy: skipped,
    });
  }
  if (more > 0) {
    const reason = `${more} more lines do not decode`;
    findings.add('TRANSCRIPT_DAMAGED', { ...at, count: more, reason, remedy: skipped });
  }
  if (tornFrom !== undefined) {
    const told: Told = {
      ...{ ...at, range: { from: tornFrom, to: bytes } },
      reason: 'it ends in an unfinished line, or somebody writes it now',
      remedy:
        'Adopted by Holdfast, the next append keeps the unfinished part aside and cuts it off. OpenClaw puts its next line behind it and loses both.',
    };
    findings.add('TRANSCRIPT_TORN', told);
  }
}
