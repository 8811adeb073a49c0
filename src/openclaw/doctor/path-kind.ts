/**
 * What the `sessionFile` of an entry names, told from its text alone: nothing is opened on the way, so
 * that a path that leads anywhere can be told of safely.
 */
import { posix } from 'node:path';
import { hasControl } from '../../model/text.ts';
import type { FindingCode } from './finding-codes.ts';

export type PathKind =
  | { kind: 'none' }
  /** A name in the agent's own directory. */
  | { kind: 'inside'; name: string }
  /** The same place under another home; `home` is the state directory that it names. */
  | { kind: 'moved'; name: string; home: string }
  /** Not usable as it stands. `name`: the last part, when it has one. */
  | { kind: 'bad'; code: FindingCode; name: string | undefined };

/** Where paths of an agent's transcripts lead. */
export interface Place {
  agentId: string;
  /** The agent's `sessions` directory; the second form when the state directory is behind a link. */
  directories: readonly string[];
  windows: boolean;
}

/** `<home>/agents/<agent>/sessions/<file>`, as every version of OpenClaw writes it. */
const STRUCTURE = /^(.*)\/agents\/([^/]+)\/sessions\/([^/]+)$/;

export function pathKind(stored: unknown, place: Place): PathKind {
  if (stored === undefined) return { kind: 'none' };
  if (typeof stored !== 'string') return bad('PATH_NOT_TEXT', undefined);
  if (stored === '') return bad('PATH_EMPTY', undefined);
  const name = stored.split(/[/\\]/).at(-1);
  if (hasControl(stored)) return bad('PATH_CONTROL', name);
  if (!place.windows && (/^[a-z]:/i.test(stored) || stored.includes('\\'))) {
    return bad('PATH_WINDOWS', name);
  }
  const path = place.windows ? stored.replaceAll('\\', '/') : stored;
  if (!path.startsWith('/') && !/^[a-z]:\//i.test(path)) {
    const plain = posix.normalize(path);
    return plain.startsWith('../') || plain === '..'
      ? bad('PATH_LEAVES', name)
      : { kind: 'inside', name: plain };
  }
  const plain = posix.normalize(path);
  for (const directory of place.directories) {
    const base = place.windows ? directory.replaceAll('\\', '/') : directory;
    if (plain.startsWith(`${base}/`)) return { kind: 'inside', name: plain.slice(base.length + 1) };
  }
  const [, home = '', agent, file = ''] = STRUCTURE.exec(plain) ?? [];
  if (agent === undefined) return bad('PATH_OUTSIDE', name);
  if (agent !== place.agentId) return bad('PATH_OTHER_AGENT', name);
  return { kind: 'moved', name: file, home };
}

function bad(code: FindingCode, name: string | undefined): PathKind {
  return { kind: 'bad', code, name: name === '' ? undefined : name };
}
