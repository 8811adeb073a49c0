import { basename, join } from 'node:path';
import { OPEN } from '../../system/file-system.ts';
import { writeArchive } from './archive-files.ts';
import { asideName } from './cut-torn-tail.ts';
import type { FilesContext } from './files-context.ts';
import { transcriptName } from './layout.ts';
import type { LogState } from './log-state.ts';
import type { SessionFiles } from './session-files.ts';
import { decodeRecord, isDamage } from './transcript-line.ts';

const HEADER_BYTES_MAX = 65_536;

/**
 * Rebuilds the archive of a conversation from its transcript: the header has its key, its id and
 * its beginning, the file the time of its end. A damaged archive is kept aside; its path.
 */
export function repairArchive(
  context: FilesContext,
  session: SessionFiles,
  path: string,
): Promise<string | undefined> {
  return session.exclusive(
    async () => {
      const { state } = session;
      const sessionId = basename(path).replace(/\.(archived\.json|jsonl)$/, '');
      if (!state || sessionId === state.sessionId) return undefined;
      const { fs } = context.system;
      let aside: string | undefined;
      if (path.endsWith('.archived.json')) {
        aside = join(session.directory, asideName(context, basename(path), 'damaged'));
        fs.renameSync(path, aside);
      }
      const transcript = join(session.directory, transcriptName(sessionId));
      const { beganAt, endedAt } = timesOf(context, transcript, state);
      const past: LogState = { ...state, sessionId, beganAt, entry: Object.freeze({}), blobs: {} };
      await writeArchive(context, session, past, 'recovered', endedAt);
      return aside;
    },
    { create: false },
  );
}

function timesOf(
  context: FilesContext,
  path: string,
  state: LogState,
): { beganAt: number; endedAt: number } {
  const { fs } = context.system;
  const fd = fs.openSync(path, OPEN.read, 0);
  try {
    const bytes = Buffer.alloc(HEADER_BYTES_MAX);
    const got = fs.readSync(fd, bytes, 0, bytes.length, 0);
    const end = bytes.subarray(0, got).indexOf(10);
    const header = decodeRecord(bytes.subarray(0, Math.max(0, end)));
    const began = isDamage(header) ? Number.NaN : Date.parse(String(header.timestamp));
    const endedAt = Math.floor(fs.fstatSync(fd).mtimeMs);
    return { beganAt: Number.isNaN(began) ? Math.min(endedAt, state.createdAt) : began, endedAt };
  } finally {
    fs.closeSync(fd);
  }
}
