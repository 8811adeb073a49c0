/** Transcripts that no entry refers to, with the key that they had where it can be found. */
import { join } from 'node:path';
import { isPlainObject } from '../../model/plain-object.ts';
import { shown } from '../../model/text.ts';
import { canonicalKey, type KeyRules } from '../canonical-key.ts';
import type { Ledger } from '../ledger.ts';
import { readOwnFile } from '../own-file.ts';
import type { AgentSessions } from '../state-dir.ts';
import type { EntryFacts } from './entry-facts.ts';
import type { Examination } from './examination.ts';
import { idsInName } from './session-names.ts';
import { headerId, type TranscriptsSeen } from './transcripts-seen.ts';
import type { Whose } from './whose-transcripts.ts';

/** The first line of a sidecar is some hundred bytes. */
const SIDECAR_BYTES = 16_384;

export interface Known {
  entries: ReadonlyMap<string, EntryFacts>;
  ledger: Ledger | undefined;
  whose: Whose;
  rules: KeyRules;
  /** Names of what lies beside the transcripts. */
  side: ReadonlySet<string>;
}

export async function orphanFindings(
  examination: Examination,
  agent: AgentSessions,
  seen: TranscriptsSeen,
  known: Known,
): Promise<void> {
  const { findings } = examination;
  const former = formerKeys(known.entries);
  for (const [name, scan] of seen.scans) {
    if (known.whose.users.has(name)) continue;
    const path = `${agent.path}/${name}`;
    const ids = [headerId(scan), ...idsInName(name)].filter((id) => id !== undefined);
    // It was taken over: the store that lies in the directory knows it.
    if (ids.some((id) => known.ledger?.keyOf(id) !== undefined)) continue;
    if (scan.header === 'foreign') {
      findings.add('FOREIGN_FILE', {
        path,
        reason: 'it is named like a transcript, and is none',
        remedy:
          'Keep it elsewhere: with a limit on disk space OpenClaw counts every file here and may delete it.',
      });
      continue;
    }
    const header = typeof scan.header === 'object' ? scan.header.key : undefined;
    const key =
      (typeof header === 'string' ? header : undefined) ??
      ids.map((id) => former.get(id)).find((found) => found !== undefined) ??
      (await keyInSidecar(examination, agent, ids, known.side));
    const session = key === undefined ? undefined : canonicalKey(key, known.rules);
    if (session !== undefined && ids.some((id) => examination.store?.hasArchive(session, id))) {
      continue;
    }
    const whose = key === undefined ? 'nothing tells whose it was' : `it was one of ${shown(key)}`;
    findings.add('ORPHAN_TRANSCRIPT', {
      ...{ path, bytes: scan.bytes, ...(key !== undefined && { key }) },
      reason: `no session refers to it; ${whose}`,
      remedy:
        'Adoption makes a session of it, which can be read and removed. With a limit on disk space OpenClaw deletes such files first.',
    });
  }
}

/** Earlier conversations that the entries remember, and those of entries that do not count. */
function formerKeys(entries: ReadonlyMap<string, EntryFacts>): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [key, { former }] of entries) for (const id of former) keys.set(id, key);
  for (const [key, { sessionId }] of entries) {
    if (typeof sessionId === 'string') keys.set(sessionId, key);
  }
  return keys;
}

/** The record of tool calls that lies beside some transcripts names the key in its first line. */
async function keyInSidecar(
  { system }: Examination,
  { directory }: AgentSessions,
  ids: readonly string[],
  side: ReadonlySet<string>,
): Promise<string | undefined> {
  for (const id of new Set(ids)) {
    // No path is made from an id, which may come from a header: the name has to be there.
    const name = `${id}.trajectory.jsonl`;
    if (!side.has(name)) continue;
    const read = await readOwnFile(system.fs, join(directory, name), { headBytes: SIDECAR_BYTES });
    const key = 'bytes' in read ? sessionKeyIn(read.bytes) : undefined;
    if (key !== undefined) return key;
  }
  return undefined;
}

function sessionKeyIn(sidecar: Buffer): string | undefined {
  try {
    const line: unknown = JSON.parse(sidecar.toString('utf8').split('\n')[0] ?? '');
    return isPlainObject(line) && typeof line.sessionKey === 'string' ? line.sessionKey : undefined;
  } catch {
    // A line that is longer than what was read, or damaged: it tells nothing.
    return undefined;
  }
}
