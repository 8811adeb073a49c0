import { join } from 'node:path';
import type { Problem } from '../../contract/reports.ts';
import type { AgentFiles } from './agent-files.ts';
import { archivedIds, readArchive } from './archive-files.ts';
import { ioError } from './io-error.ts';
import { keyOfFolder } from './key-of-folder.ts';
import {
  ARCHIVE_NAME,
  LOG_NAME,
  logName,
  SIDE_FILE,
  sessionFolder,
  TEMPORARY_NAME,
  within,
} from './layout.ts';
import type { SessionFiles } from './session-files.ts';
import { transcriptPlace } from './transcript-path.ts';
import { namesIn, type Verification } from './verification.ts';
import { verifyTranscript } from './verify-transcript.ts';

/** One session: its directory, its log, its archives and every transcript in it. */
export async function verifySession(
  verification: Verification,
  agent: AgentFiles,
  folder: string,
): Promise<void> {
  const { store, report, checked } = verification;
  const directory = join(agent.paths.sessions, folder);
  const say = (problem: Problem) =>
    report({ ...problem, path: within(store.root, join(directory, problem.path ?? '')) });
  verifyNames(verification, directory);
  const found = keyOfFolder(store.system.fs, directory, folder);
  if (found === 'none') return;
  if (found === 'unreadable') {
    return say({
      code: 'ENTRY_DAMAGED',
      severity: 'damage',
      message: 'The metadata log does not decode, and nothing here tells which session it was.',
      remedy:
        'Put it back from a backup. Who asks for the session by its key is told of the damage.',
    });
  }
  const { key } = found;
  if (sessionFolder(key) !== folder) {
    return say({
      code: 'ENTRY_DAMAGED',
      severity: 'damage',
      key,
      message: `It holds the log of ${JSON.stringify(key)}, which belongs in ${sessionFolder(key)}.`,
      remedy: 'It is not served. Move it to its place by hand if that is free.',
    });
  }
  checked.sessions += 1;
  const session = store.session(key);
  while (!session.log.refresh()) await session.catchUp();
  checked.bytes += session.log.fileSize;
  if (!verifyLog(session, say)) return;
  const { state } = session.log;
  if (!state || state.removed) return;
  const place = session.transcript.placeOf(state);
  if (place.repair) {
    say({
      code: 'UNSAFE_PATH',
      severity: 'notice',
      key,
      message: `The stored transcript path is not used: ${place.repair.reason}.`,
      remedy: 'The next update of the entry stores the right one.',
    });
  }
  await verifyTranscript(verification, session, state.sessionId, place.path);
  await verifyArchives(verification, session, state.sessionId);
}

/** The log: what decodes, what is left over. `false`: it is damaged, and nothing behind it is known. */
function verifyLog({ key, log }: SessionFiles, say: (problem: Problem) => void): boolean {
  const { damage, fileSize, size } = log;
  if (damage) {
    say({
      code: 'ENTRY_DAMAGED',
      severity: 'damage',
      key,
      path: logName(log.generation),
      range: { from: damage.from, to: damage.to },
      message: `The metadata log does not decode: ${damage.reason}.`,
      remedy: 'repair writes it anew from what decodes and keeps the damaged bytes aside.',
    });
    return false;
  }
  if (fileSize > size) {
    say({
      code: 'LEFTOVER',
      severity: 'notice',
      key,
      path: logName(log.generation),
      range: { from: size, to: fileSize },
      message:
        'The log ends in an unfinished line that was never acknowledged, or is being written.',
      remedy: 'The next writer keeps it aside and cuts it off.',
    });
  }
  for (const generation of log.generations()) {
    if (generation >= log.generation) continue;
    say({
      code: 'LEFTOVER',
      severity: 'notice',
      key,
      path: logName(generation),
      message: 'A generation of the log that was folded into the next one.',
      remedy: 'The next fold or repair removes it.',
    });
  }
  return true;
}

async function verifyArchives(
  verification: Verification,
  session: SessionFiles,
  active: string,
): Promise<void> {
  const { store, report, checked } = verification;
  const known = new Set([active]);
  for (const sessionId of await archivedIds(store, session, active)) {
    known.add(sessionId);
    checked.archives += 1;
    try {
      const { entry } = await readArchive(store, session, sessionId);
      const { path } = transcriptPlace(store.system.fs, session, sessionId, entry);
      await verifyTranscript(verification, session, sessionId, path);
    } catch (cause) {
      // What could not be read now may be whole: only what was read and is damaged is mended.
      const { code, message } = ioError(cause, 'look at an archive', session.key);
      const remedy =
        code === 'ENTRY_DAMAGED'
          ? 'repair rebuilds the archive from its transcript and keeps the damaged file aside.'
          : 'See the message, and verify again.';
      const path = within(store.root, join(session.directory, `${sessionId}.archived.json`));
      report({ code, severity: 'damage', key: session.key, path, message, remedy });
    }
  }
  for (const name of namesIn(store, session.directory)) {
    const sessionId = /^(.+)\.jsonl$/.exec(name)?.[1];
    if (!sessionId || LOG_NAME.test(name) || known.has(sessionId) || sessionId === 'inbox')
      continue;
    if (SIDE_FILE.test(sessionId)) continue;
    report({
      code: 'ORPHAN',
      severity: 'notice',
      key: session.key,
      path: within(store.root, join(session.directory, name)),
      message: 'A transcript that no conversation refers to.',
      remedy: 'repair lists it as an archived conversation again.',
    });
  }
}

/** Names that do not belong here, and files that others may read or that are no files. */
function verifyNames({ store, report }: Verification, directory: string): void {
  const { fs, machine } = store.system;
  for (const name of ['', ...namesIn(store, directory)]) {
    const path = join(directory, name);
    const facts = fs.lstatSync(path);
    const where = within(store.root, path);
    const regular = name === '' ? facts.isDirectory() : facts.isFile() && facts.nlink === 1;
    if (!regular) {
      const ours =
        LOG_NAME.test(name) ||
        name === 'lock' ||
        name.endsWith('.jsonl') ||
        ARCHIVE_NAME.test(name);
      report({
        code: 'UNSAFE_PATH',
        severity: ours ? 'damage' : 'notice',
        path: where,
        message: 'A link, or a file of a foreign kind; the store neither follows nor writes it.',
        remedy: 'Remove it by hand if it does not belong there.',
      });
    } else if (!machine.windows && (facts.mode & 0o077) !== 0) {
      report({
        code: 'PERMISSIONS',
        severity: 'notice',
        path: where,
        message: `Its permissions are ${(facts.mode & 0o777).toString(8)}; others may look into it.`,
        remedy: 'repair narrows them.',
      });
    }
    if (TEMPORARY_NAME.test(name)) {
      report({
        code: 'LEFTOVER',
        severity: 'notice',
        path: where,
        message: 'A file that was being written and never got its name.',
        remedy: 'repair removes it once it is an hour old.',
      });
    }
  }
}
