/** Looking at the mirror as it lies there: whole, not whole, or in nobody's hand. */
import type { FileFacts, FileSystem } from '../../system/file-system.ts';
import { readSessionsJson, type WholeSessionsJson } from '../sessions-json.ts';
import { factsAt, type Identity, identityOf, sameFile } from './file-facts.ts';

export type Looked =
  | { kind: 'missing' }
  /** It is the file that was written last: not read. */
  | { kind: 'ours'; identity: Identity }
  | { kind: 'whole'; identity: Identity; list: WholeSessionsJson }
  /** Torn, empty, of zeros, no JSON. It says nothing about any session. */
  | { kind: 'broken'; identity: Identity; reason: string }
  /** Somebody wrote to it during the look. */
  | { kind: 'changing' }
  /** A link or a foreign kind of file, which is neither followed nor replaced. */
  | { kind: 'foreign'; reason: string };

export async function lookAtFile(
  fs: FileSystem,
  path: string,
  written: Identity | undefined,
): Promise<Looked> {
  const before = await factsAt(fs, path);
  if (before === undefined) return { kind: 'missing' };
  const odd = whyNotOurs(before);
  if (odd !== undefined) return { kind: 'foreign', reason: odd };
  const identity = identityOf(before);
  if (sameFile(identity, written)) return { kind: 'ours', identity };
  const read = await readSessionsJson(fs, path);
  const after = await factsAt(fs, path);
  if (after === undefined || !sameFile(identity, identityOf(after))) return { kind: 'changing' };
  if ('missing' in read) return { kind: 'changing' };
  if ('reason' in read) return { kind: 'broken', identity, reason: read.reason };
  return { kind: 'whole', identity, list: read };
}

function whyNotOurs(facts: FileFacts): string | undefined {
  if (facts.isSymbolicLink()) return 'it is a link';
  if (!facts.isFile()) return 'it is no regular file';
  return facts.nlink > 1 ? 'it is linked under a second name' : undefined;
}
