/**
 * Where the transcript of a conversation lies: beside the metadata log, or, for a session that was
 * taken over from another program, where that program left it (`entry.sessionFile`, relative to
 * the agent's sessions directory). A bad path is never followed: the file of the same name in
 * the right directory is used if there is one, else the place beside the log.
 */
import { basename, dirname, join } from 'node:path';
import type { Entry } from '../../model/state.ts';
import type { FileSystem } from '../../system/file-system.ts';
import { ioError, isMissing } from './io-error.ts';
import { staysInside, transcriptName } from './layout.ts';

/** Directories below the agent's that belong to the store itself. */
const OWN = /^(sessions\.d|blobs|changes|removed)(\/|\\|$)/;

export interface TranscriptPlace {
  path: string;
  /** What the next commit of the entry mends; left out when the entry is right. */
  repair?: { set?: { sessionFile: string }; unset?: string[]; reason: string };
}

/** The directories of a session and of its agent. */
export interface SessionPlace {
  readonly directory: string;
  readonly agent: { readonly paths: { readonly base: string } };
}

export function transcriptPlace(
  fs: Pick<FileSystem, 'lstatSync'>,
  session: SessionPlace,
  sessionId: string,
  entry: Readonly<Entry>,
): TranscriptPlace {
  const beside = join(session.directory, transcriptName(sessionId));
  const stored: unknown = entry.sessionFile;
  if (stored === undefined) return { path: beside };
  const { base } = session.agent.paths;
  const reason = refusal(fs, base, stored);
  if (reason === undefined) return { path: join(base, stored as string) };
  const name = typeof stored === 'string' ? basename(stored.replaceAll('\\', '/')) : '';
  if (name !== stored && name !== '' && refusal(fs, base, name) === undefined) {
    return { path: join(base, name), repair: { set: { sessionFile: name }, reason } };
  }
  return { path: beside, repair: { unset: ['sessionFile'], reason } };
}

/** Why a stored path can not be used; nothing when it can. */
function refusal(
  fs: Pick<FileSystem, 'lstatSync'>,
  base: string,
  stored: unknown,
): string | undefined {
  if (typeof stored !== 'string') return 'it is not a text';
  if (!staysInside(stored)) return 'it leads out of the directory of its agent';
  if (OWN.test(stored)) return 'it leads into files of the store';
  for (let path = join(base, stored); path !== base; path = dirname(path)) {
    try {
      const facts = fs.lstatSync(path);
      const last = path === join(base, stored);
      if (facts.isSymbolicLink()) return 'there is a symbolic link in its place';
      if (last ? !facts.isFile() : !facts.isDirectory()) return 'it is no regular file';
      if (last && facts.nlink > 1) return 'it is linked under a second name';
    } catch (cause) {
      if (isMissing(cause)) return 'there is no such file';
      throw ioError(cause, `look at the transcript ${stored}`);
    }
  }
  return undefined;
}
