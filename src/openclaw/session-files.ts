/**
 * The files of one `sessions` directory, by name. Every transcript that an adoption refers to comes
 * out of this list, so that no path is ever built from what an entry says.
 */
import { join } from 'node:path';
import { mapSideBySide } from '../model/side-by-side.ts';
import type { FileSystem } from '../system/file-system.ts';
import { type ArchivedName, archivedName } from './archived-name.ts';
import { namesIn, readOwnFile, whyNotOwnAt } from './own-file.ts';

/** A header is one short line; a longer first line is not one. */
const HEADER_BYTES_MAX = 65_536;
/** Names that are looked at side by side: each look is a wait for the system. */
const AT_ONCE = 32;
const CHECKPOINT = /\.checkpoint\.[0-9a-f-]{36}\.jsonl$/;
const TRAJECTORY = /\.trajectory\.jsonl$/;
/** A transcript that a fork made: the time, then the session id. */
const STAMPED = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z_/;

/** A transcript that was set aside, with the session id that its name carries. */
export interface ArchivedFile extends ArchivedName {
  sessionId: string;
}

/** What the first line of a transcript says. */
export interface TranscriptHeader {
  sessionId: string;
  /** Milliseconds since the epoch, when it is a time. */
  beganAt: number | undefined;
}

export interface SessionFiles {
  /** Names of transcripts, whether an entry refers to them or not. */
  readonly transcripts: ReadonlySet<string>;
  /** Names that would be transcripts but are links or foreign kinds of file, with the reason. */
  readonly odd: ReadonlyMap<string, string>;
  /** Set aside by a reset or a deletion; newest first. */
  readonly archived: readonly ArchivedFile[];
  /** Temp files of `sessions.json`: a dying writer may have left a whole copy there. */
  readonly temporaries: readonly string[];
  /** Transcripts whose name carries this session id; the plain name first. */
  named(sessionId: string): readonly string[];
  /** The session id that a transcript's name carries. */
  idOf(name: string): string;
  /** Transcripts whose header carries this session id. Reads every header at first use. */
  headed(sessionId: string): Promise<readonly string[]>;
  /** The session id in a transcript's header; `undefined` when it has none. */
  headerId(name: string): Promise<string | undefined>;
  /** What the header says besides. Archived files have one, too. */
  header(name: string): Promise<TranscriptHeader | undefined>;
  /** When the file was changed last; `undefined` when it is gone. */
  changedAt(name: string): Promise<number | undefined>;
}

/** Lists a `sessions` directory that is known to be a real one, or says why it can not. */
export async function listSessionFiles(
  fs: FileSystem,
  directory: string,
): Promise<SessionFiles | { reason: string }> {
  const list = await namesIn(fs, directory);
  if ('reason' in list) return list;
  const transcripts = new Set<string>();
  const odd = new Map<string, string>();
  const temporaries: string[] = [];
  const archived: ArchivedFile[] = [];
  const byId = new Map<string, string[]>();
  const odds = await mapSideBySide(list.names, AT_ONCE, async (name) =>
    mayBeTranscript(name) ? whyNotOwnAt(fs, join(directory, name)) : undefined,
  );
  for (const [index, name] of list.names.entries()) {
    const reason = odds[index];
    if (/^sessions\.json\..*\.tmp$/.test(name)) temporaries.push(name);
    const aside = archivedName(name);
    if (aside !== undefined && reason === undefined) {
      archived.push({ ...aside, sessionId: idsInName(aside.former).at(-1) as string });
    }
    if (!name.endsWith('.jsonl') || TRAJECTORY.test(name)) continue;
    if (reason !== undefined) {
      odd.set(name, reason);
      continue;
    }
    transcripts.add(name);
    if (CHECKPOINT.test(name)) continue;
    for (const id of idsInName(name)) byId.set(id, [...(byId.get(id) ?? []), name]);
  }

  const headers = new Map<string, TranscriptHeader | undefined>();
  async function header(name: string): Promise<TranscriptHeader | undefined> {
    if (!headers.has(name)) headers.set(name, await readHeader(fs, join(directory, name)));
    return headers.get(name);
  }
  const headerId = async (name: string) => (await header(name))?.sessionId;
  let byHeader: Map<string, string[]> | undefined;
  return {
    transcripts,
    odd,
    archived: archived.sort((a, b) => b.at - a.at),
    temporaries,
    headerId,
    header,
    async changedAt(name) {
      const read = await readOwnFile(fs, join(directory, name), { headBytes: 0 });
      return 'bytes' in read ? read.mtimeMs : undefined;
    },
    named: (sessionId) => (byId.get(sessionId) ?? []).toSorted((a, b) => a.length - b.length),
    idOf: (name) => idsInName(name).at(-1) as string,
    async headed(sessionId) {
      if (byHeader === undefined) {
        byHeader = new Map();
        for (const name of [...transcripts].filter(isPrimary)) {
          const id = await headerId(name);
          if (id !== undefined) byHeader.set(id, [...(byHeader.get(id) ?? []), name]);
        }
      }
      return byHeader.get(sessionId) ?? [];
    },
  };
}

/** One in use, or one that was set aside. */
function mayBeTranscript(name: string): boolean {
  return (name.endsWith('.jsonl') && !TRAJECTORY.test(name)) || archivedName(name) !== undefined;
}

/** Whether a transcript is one that a session should refer to, rather than a copy kept beside one. */
export function isPrimary(name: string): boolean {
  return !CHECKPOINT.test(name);
}

/** `<id>.jsonl`, `<id>-topic-<thread>.jsonl` and `<time>_<id>.jsonl` carry a session id. */
function idsInName(name: string): string[] {
  const stem = name.slice(0, -'.jsonl'.length);
  const ids = [stem];
  const topic = stem.indexOf('-topic-');
  if (topic > 0) ids.push(stem.slice(0, topic));
  if (STAMPED.test(stem)) ids.push(stem.replace(STAMPED, ''));
  return ids;
}

async function readHeader(fs: FileSystem, path: string): Promise<TranscriptHeader | undefined> {
  const read = await readOwnFile(fs, path, { headBytes: HEADER_BYTES_MAX });
  if (!('bytes' in read)) return undefined;
  const end = read.bytes.indexOf(10);
  if (end < 0) return undefined;
  try {
    const header = JSON.parse(read.bytes.toString('utf8', 0, end)) as {
      type?: unknown;
      id?: unknown;
      timestamp?: unknown;
    };
    if (header.type !== 'session' || typeof header.id !== 'string') return undefined;
    const time = typeof header.timestamp === 'string' ? Date.parse(header.timestamp) : Number.NaN;
    return { sessionId: header.id, beganAt: time > 0 ? time : undefined };
  } catch {
    // A damaged header says nothing about whose transcript it is; the transcript keeps its place.
    return undefined;
  }
}
