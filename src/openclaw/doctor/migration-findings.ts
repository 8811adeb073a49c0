/** Moves between programs and versions that were begun, finished, or left half done. */
import { join } from 'node:path';
import { isPlainObject } from '../../model/plain-object.ts';
import { directoryKind, namesIn, readOwnFile } from '../own-file.ts';
import type { AgentSessions } from '../state-dir.ts';
import type { Examination } from './examination.ts';

const RUNS = 'session-sqlite-migration-runs';
const ARCHIVE = 'session-sqlite-import-archive';
/** The plan of a release that is under way, and where releases and fixes keep what they moved. */
const RELEASE_PLAN = 'holdfast-release.json';
const KEPT = /^holdfast-(released|doctor)-/;
/** A manifest names every file that was moved: some hundred bytes each. */
const MANIFEST_BYTES_MAX = 268_435_456;

export async function agentMigrationFindings(
  { findings, system }: Examination,
  { agentId, directory }: AgentSessions,
  sqlite: boolean,
  hasList: boolean,
): Promise<void> {
  const path = `agents/${agentId}/agent/openclaw-agent.sqlite`;
  if (sqlite && hasList) {
    findings.add('SQLITE_AND_LIST', {
      path: `agents/${agentId}/sessions/sessions.json`,
      reason: `the sessions of this agent are in ${path}; OpenClaw 2026.8 and later do not start beside this list`,
      remedy:
        'If the list is newer (an older version ran meanwhile), import it with `openclaw doctor --session-sqlite import`; else move it aside.',
    });
  } else if (sqlite) {
    const reason = 'its tables hold the sessions of this agent';
    findings.add('SQLITE_ERA', { path, reason, remedy: 'Nothing has to be done.' });
  }
  const archive = join(directory, '..', ARCHIVE);
  if ((await directoryKind(system.fs, archive)) !== 'directory') return;
  const list = await namesIn(system.fs, archive);
  const count = 'names' in list ? list.names.length : 0;
  findings.add('IMPORT_ARCHIVE', {
    ...{ path: `agents/${agentId}/${ARCHIVE}`, count },
    reason: `${count} files that an import into SQLite has moved here`,
    remedy:
      'Keep them as long as you may want to go back: `openclaw doctor --session-sqlite restore` needs them. `openclaw update cleanup` deletes them.',
  });
}

export async function rootMigrationFindings(examination: Examination): Promise<void> {
  const { findings, system, root } = examination;
  const names = await namesIn(system.fs, root);
  for (const name of 'names' in names ? names.names : []) {
    if (name === RELEASE_PLAN) {
      findings.add('RELEASE_UNFINISHED', {
        path: name,
        reason: 'a release was begun and not finished',
        remedy: 'Run `holdfast release` again: it goes on where it was.',
      });
    } else if (KEPT.test(name)) {
      const reason = 'what was moved aside here can be put back from here';
      const remedy = 'Remove it once you are sure that nothing of it is missed.';
      findings.add('COPIES_KEPT', { path: name, reason, remedy });
    }
  }
  if ((await directoryKind(system.fs, join(root, RUNS))) !== 'directory') return;
  const runs = await namesIn(system.fs, join(root, RUNS));
  for (const name of 'names' in runs ? runs.names : []) {
    if (name.endsWith('.json')) await runFinding(examination, name);
  }
}

/** OpenClaw writes the manifest of a run as it goes on; the last thing that it writes is its end. */
async function runFinding({ findings, system, root }: Examination, name: string): Promise<void> {
  const path = `${RUNS}/${name}`;
  const limit = { bytesMax: MANIFEST_BYTES_MAX };
  const read = await readOwnFile(system.fs, join(root, RUNS, name), limit);
  if ('missing' in read) return;
  const reason = 'reason' in read ? read.reason : whyUnfinished(read.bytes);
  if (reason === undefined) return;
  findings.add('MIGRATION_UNFINISHED', {
    ...{ path, reason },
    remedy:
      'With the gateway stopped: `openclaw doctor --session-sqlite recover`, then `validate`. Files that were moved already lie in `session-sqlite-import-archive`.',
  });
}

function whyUnfinished(bytes: Buffer): string | undefined {
  let run: unknown;
  try {
    run = JSON.parse(bytes.toString('utf8'));
  } catch {
    return 'the manifest of the import does not decode';
  }
  if (!isPlainObject(run)) return 'the manifest of the import is no object';
  const began = typeof run.startedAt === 'string' ? ` at ${run.startedAt.slice(0, 40)}` : '';
  return run.completedAt === undefined
    ? `an import that began${began} has no end in its manifest`
    : undefined;
}
