/**
 * The files of one `sessions` directory, by name. Every transcript that an adoption refers to comes
 * out of this list, so that no path is ever built from what an entry says.
 */
import { join } from 'node:path';
import type { FileSystem } from '../system/file-system.ts';
import { namesIn, readOwnFile, whyNotOwnAt } from './own-file.ts';

/** A header is one short line; a longer first line is not one. */
const HEADER_BYTES_MAX = 65_536;
const CHECKPOINT = /\.checkpoint\.[0-9a-f-]{36}\.jsonl$/;
const TRAJECTORY = /\.trajectory\.jsonl$/;
/** A transcript that a fork made: the time, then the session id. */
const STAMPED = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z_/;

export interface SessionFiles {
  /** Names of transcripts, whether an entry refers to them or not. */
  readonly transcripts: ReadonlySet<string>;
  /** Names that would be transcripts but are links or foreign kinds of file, with the reason. */
  readonly odd: ReadonlyMap<string, string>;
  /** Temp files of `sessions.json`: a dying writer may have left a whole copy there. */
  readonly temporaries: readonly string[];
  /** Transcripts whose name carries this session id; the plain name first. */
  named(sessionId: string): readonly string[];
  /** Transcripts whose header carries this session id. Reads every header at first use. */
  headed(sessionId: string): Promise<readonly string[]>;
  /** The session id in a transcript's header; `undefined` when it has none. */
  headerId(name: string): Promise<string | undefined>;
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
  const byId = new Map<string, string[]>();
  for (const name of list.names) {
    if (/^sessions\.json\..*\.tmp$/.test(name)) temporaries.push(name);
    if (!name.endsWith('.jsonl') || TRAJECTORY.test(name)) continue;
    const reason = await whyNotOwnAt(fs, join(directory, name));
    if (reason !== undefined) {
      odd.set(name, reason);
      continue;
    }
    transcripts.add(name);
    if (CHECKPOINT.test(name)) continue;
    for (const id of idsInName(name)) byId.set(id, [...(byId.get(id) ?? []), name]);
  }

  const headers = new Map<string, string | undefined>();
  async function headerId(name: string): Promise<string | undefined> {
    if (!headers.has(name)) headers.set(name, await readHeaderId(fs, join(directory, name)));
    return headers.get(name);
  }
  let byHeader: Map<string, string[]> | undefined;
  return {
    transcripts,
    odd,
    temporaries,
    headerId,
    named: (sessionId) => (byId.get(sessionId) ?? []).toSorted((a, b) => a.length - b.length),
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

async function readHeaderId(fs: FileSystem, path: string): Promise<string | undefined> {
  const read = await readOwnFile(fs, path, { headBytes: HEADER_BYTES_MAX });
  if (!('bytes' in read)) return undefined;
  const end = read.bytes.indexOf(10);
  if (end < 0) return undefined;
  try {
    const header = JSON.parse(read.bytes.toString('utf8', 0, end)) as {
      type?: unknown;
      id?: unknown;
    };
    return header.type === 'session' && typeof header.id === 'string' ? header.id : undefined;
  } catch {
    // A damaged header says nothing about whose transcript it is; the transcript keeps its place.
    return undefined;
  }
}
