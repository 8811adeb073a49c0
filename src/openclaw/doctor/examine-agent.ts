/** Everything about the sessions of one agent, step by step; no step ends the others. */
import { join } from 'node:path';
import { isHoldfastError } from '../../model/errors.ts';
import { shown } from '../../model/text.ts';
import { type Ledger, openLedger } from '../ledger.ts';
import { keepsSessionsInSqlite } from '../sqlite-era.ts';
import type { AgentSessions } from '../state-dir.ts';
import { entryFindings, type Usable } from './entry-findings.ts';
import type { Examination } from './examination.ts';
import { type FilesSeen, lookAtFiles } from './files-seen.ts';
import { temporaryFindings, wholeCopies } from './list-copies.ts';
import { listFindings } from './list-findings.ts';
import { type ListScan, scanList } from './list-scan.ts';
import { lockFindings } from './lock-findings.ts';
import { agentMigrationFindings } from './migration-findings.ts';
import { orphanFindings } from './orphan-findings.ts';
import {
  headerId,
  lookAtTranscripts,
  type TranscriptsSeen,
  transcriptFindings,
} from './transcripts-seen.ts';
import { type Whose, whoseTranscripts } from './whose-transcripts.ts';

export async function examineAgent(
  examination: Examination,
  agent: AgentSessions,
  { mainKey }: { mainKey: string },
): Promise<void> {
  const { fs } = examination.system;
  examination.looked.agents += 1;
  const sqlite = await keepsSessionsInSqlite(fs, join(agent.directory, '..'));
  const files = await lookAtFiles(examination, agent);
  if (files === undefined) return;
  const list = await examineList(examination, agent, files, sqlite);
  await agentMigrationFindings(examination, agent, sqlite, files.of.list.length > 0);
  const healthy = list !== undefined && list.damage === undefined;
  temporaryFindings(examination, agent, files, healthy || sqlite);
  if (!healthy && !sqlite) await wholeCopies(examination, agent, files);
  await lockFindings(examination, agent, files.of.lock);
  const seen = await lookAtTranscripts(examination, agent, files);
  const where = {
    path: `${agent.path}/sessions.json`,
    rules: { agentId: agent.agentId, mainKey },
    now: examination.system.clock.now(),
  };
  const usable = list === undefined ? [] : entryFindings(examination.findings, where, list);
  const whose = whoseTranscripts(examination, agent, usable, files, seen);
  const ledger = await readLedger(examination, agent);
  tellTranscripts(examination, agent, seen, whose);
  // Where the list can not be read every transcript would seem to be nobody's.
  if (healthy || sqlite) {
    const entries = list?.entries ?? new Map();
    const { rules } = where;
    const side = new Set(files.of.side.map(({ name }) => name));
    await orphanFindings(examination, agent, seen, { entries, ledger, whose, rules, side });
  }
  notAdopted(examination, agent, usable, ledger);
}

/** The list, as far as it can be read; `undefined` when there is nothing to read. */
async function examineList(
  { findings, system, looked }: Examination,
  { directory, path: folder }: AgentSessions,
  files: FilesSeen,
  sqlite: boolean,
): Promise<ListScan | undefined> {
  const path = `${folder}/sessions.json`;
  const looking = await scanList(system.fs, join(directory, 'sessions.json'));
  if ('found' in looking) {
    looked.lists += 1;
    looked.entries += looking.found.entries.size;
    listFindings(findings, path, looking.found);
    return looking.found;
  }
  if ('reason' in looking) {
    const remedy = 'Run this as the user that runs the gateway; a link has to be a file again.';
    findings.add('LIST_UNREADABLE', { path, reason: looking.reason, remedy });
  } else if (files.of.transcript.length > 0 && !sqlite) {
    findings.add('LIST_MISSING', {
      ...{ path, count: files.of.transcript.length },
      reason: `it is not there, and ${files.of.transcript.length} transcripts are`,
      remedy:
        'Stop the gateway before it writes an empty list. Put a whole copy in its place: a temporary file beside it, a `sessions.json.bak.<time>`, or a backup.',
    });
  }
  return undefined;
}

function tellTranscripts(
  examination: Examination,
  agent: AgentSessions,
  seen: TranscriptsSeen,
  { users }: Whose,
): void {
  for (const [name, scan] of seen.scans) {
    const key = users.get(name)?.[0]?.key;
    if (scan.header === 'foreign' && key === undefined) continue;
    const at = { path: `${agent.path}/${name}`, ...(key !== undefined && { key }) };
    transcriptFindings(examination, at, scan);
    const id = headerId(scan);
    if (id === undefined || seen.nameHas(name, id)) continue;
    examination.findings.add('HEADER_ID_DIFFERS', {
      ...at,
      reason: `its header names the conversation ${shown(id)}`,
      remedy:
        'Its records are read all the same. The import of OpenClaw 2026.9 defers such a file; find out which of the two is right before you rename it.',
    });
  }
}

/** The keys that were taken over; told when the list of them can not be read. */
async function readLedger(
  { findings, system }: Examination,
  { directory, path }: AgentSessions,
): Promise<Ledger | undefined> {
  const at = `${path}/sessions.d/adopted.jsonl`;
  const remedy =
    'Keys that it does not name would be taken over again by the next `holdfast adopt`, also those of removed sessions. Put it back from a backup.';
  try {
    const ledger = await openLedger(system, directory);
    if (ledger.damagedLines > 0) {
      const reason = `${ledger.damagedLines} lines of the list of adopted keys do not check`;
      findings.add('LEDGER_DAMAGED', { path: at, count: ledger.damagedLines, reason, remedy });
    }
    return ledger;
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    findings.add('LEDGER_DAMAGED', { path: at, reason: error.message, remedy });
    return undefined;
  }
}

function notAdopted(
  { findings, store }: Examination,
  { path }: AgentSessions,
  usable: readonly Usable[],
  ledger: Ledger | undefined,
): void {
  if (store === undefined || ledger === undefined) return;
  for (const { key, canonical, sessionId } of usable) {
    if (ledger.has(key) || ledger.has(canonical) || ledger.keyOf(sessionId) !== undefined) continue;
    if (store.hasSession(canonical)) continue;
    findings.add('NOT_ADOPTED', {
      ...{ path: `${path}/sessions.json`, key },
      reason: 'the directory is a Holdfast store, which does not have this session',
      remedy: 'Run `holdfast adopt` again: it takes over what is new and nothing twice.',
    });
  }
}
