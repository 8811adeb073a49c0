import type { Past } from '../../contract/backend.ts';
import { copyFields } from '../../model/copy-json.ts';
import { checkEntryBytes } from '../../model/patch.ts';
import { checkSessionId } from '../../model/session-id.ts';
import type { Entry } from '../../model/state.ts';
import { placeBlobs } from './commit-entry.ts';
import { createLog } from './commit-line.ts';
import type { FilesContext } from './files-context.ts';
import type { SessionFiles } from './session-files.ts';

/**
 * Runs inside the session: a session that has a past begins with what another program knew of it.
 * Fields that are null stay: they are that program's. `false`, and nothing changed, when there is
 * a session already.
 */
export async function adoptSession(
  context: FilesContext,
  session: SessionFiles,
  past: Past,
): Promise<boolean> {
  if (session.state) return false;
  checkSessionId(past.sessionId);
  const entry = copyFields(past.entry, 'entry', { key: session.key }) as Readonly<Entry>;
  checkEntryBytes(entry, session.key);
  const placed = await placeBlobs(session, { entry, set: entry, unset: undefined });
  await createLog(context, session, {
    rev: past.rev ?? 1,
    sessionId: past.sessionId,
    createdAt: past.createdAt,
    beganAt: past.beganAt ?? past.createdAt,
    updatedAt: past.updatedAt,
    entry: placed.entry,
    blobs: placed.blobs ?? {},
    fence: 0,
    removed: false,
  });
  return true;
}
