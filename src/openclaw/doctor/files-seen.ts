/** The names of one `sessions` directory, each looked at once: what it is, and whose it may be. */
import { join } from 'node:path';
import type { FileFacts } from '../../system/file-system.ts';
import { namesIn } from '../own-file.ts';
import type { AgentSessions } from '../state-dir.ts';
import { type Examination, forEachOf, within } from './examination.ts';
import { permissionFinding } from './permission-findings.ts';
import { type NameKind, nameKind } from './session-names.ts';

export interface SeenFile {
  name: string;
  size: number;
  mtimeMs: number;
}

/** Regular files of the directory by kind, and the names that are links or the like. */
export interface FilesSeen {
  readonly of: Readonly<Record<NameKind, SeenFile[]>>;
  /** Names that are not opened, with the reason. */
  readonly odd: ReadonlyMap<string, string>;
}

const DIRECTORIES = /^(skills-prompts|sessions\.d|blobs|changes|removed)$/;

/** `undefined` when the directory can not be listed, which is told. */
export async function lookAtFiles(
  examination: Examination,
  { directory, path }: AgentSessions,
): Promise<FilesSeen | undefined> {
  const { findings, system, looked } = examination;
  const list = await namesIn(system.fs, directory);
  if ('reason' in list) {
    const remedy = 'Run this as the user that runs the gateway.';
    findings.add('DIRECTORY_UNREADABLE', { path, reason: list.reason, remedy });
    return undefined;
  }
  const of: Record<NameKind, SeenFile[]> = {
    ...{ list: [], transcript: [], lock: [], temporary: [], 'list-copy': [] },
    ...{ archive: [], side: [], ours: [], foreign: [] },
  };
  const odd = new Map<string, string>();
  const all = await forEachOf(list.names, (name) => factsOf(examination, join(directory, name)));
  for (const [index, name] of list.names.entries()) {
    const facts = all[index];
    // It was there a moment ago: temporary files and locks come and go.
    if (facts === undefined) continue;
    looked.files += 1;
    const kind = nameKind(name);
    const where = within(examination.root, join(directory, name));
    if ('reason' in facts) {
      odd.set(name, facts.reason);
      const remedy = 'Run this as the user that runs the gateway; look at the disk.';
      findings.add('FILE_UNREADABLE', { path: where, reason: facts.reason, remedy });
      continue;
    }
    const why = whyOdd(name, kind, facts);
    if (why !== undefined) {
      odd.set(name, why);
      const code = facts.isSymbolicLink() || facts.nlink > 1 ? 'LINK' : 'FOREIGN_FILE';
      const remedy =
        'Nothing is read or written through it. Remove it if it does not belong there.';
      findings.add(facts.isDirectory() ? 'FOREIGN_FILE' : code, {
        ...{ path: where, reason: why, remedy },
      });
      continue;
    }
    permissionFinding(examination, where, facts);
    of[kind].push({ name, size: facts.size, mtimeMs: facts.mtimeMs });
    if (kind === 'foreign') {
      findings.add('FOREIGN_FILE', {
        path: where,
        reason: 'neither program gives such a name',
        remedy:
          'Keep it elsewhere: with a limit on disk space OpenClaw counts every file here and may delete it.',
      });
    }
  }
  return { of, odd };
}

async function factsOf(
  { system }: Examination,
  path: string,
): Promise<FileFacts | { reason: string } | undefined> {
  try {
    return await system.fs.lstat(path);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return undefined;
    return { reason: `it cannot be looked at: ${(cause as Error).message}` };
  }
}

/** Why a name is not what its form says, and so is not opened. */
function whyOdd(name: string, kind: NameKind, facts: FileFacts): string | undefined {
  if (facts.isSymbolicLink()) return 'it is a link; it is not followed';
  if (facts.isDirectory()) {
    return DIRECTORIES.test(name) ? undefined : `a directory in the place of ${kindInWords(kind)}`;
  }
  if (!facts.isFile()) return 'it is no regular file; it is not opened';
  return facts.nlink > 1 ? 'it is linked under a second name; it is not opened' : undefined;
}

function kindInWords(kind: NameKind): string {
  return kind === 'foreign' ? 'nothing that either program knows' : 'a file';
}
