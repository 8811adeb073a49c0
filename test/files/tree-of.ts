import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** One file, directory or link below a root. */
export interface Leaf {
  /** Relative to the root; empty for the root itself. */
  path: string;
  kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits, as `600`. */
  mode: string;
  size: number;
  mtimeMs: number;
  /** Of the bytes of a file, or the target of a link. */
  hash: string;
}

/**
 * Everything below a directory, the directory itself included, sorted by path. A file that an open
 * store removes while it is looked at, such as a log that was folded, is not there.
 */
export function treeOf(root: string): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (path: string) => {
    const full = join(root, path);
    const facts = lstatSync(full);
    const leaf: Leaf = {
      path,
      kind: 'other',
      mode: (facts.mode & 0o777).toString(8),
      size: facts.size,
      mtimeMs: facts.mtimeMs,
      hash: '',
    };
    if (facts.isDirectory()) {
      leaf.kind = 'directory';
      leaf.size = 0;
      for (const name of readdirSync(full)) unlessGone(() => visit(join(path, name)));
    } else if (facts.isFile()) {
      leaf.kind = 'file';
      leaf.hash = sha256(readFileSync(full));
    } else if (facts.isSymbolicLink()) {
      leaf.kind = 'link';
      leaf.hash = readlinkSync(full);
    }
    leaves.push(leaf);
  };
  visit('');
  return leaves.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function unlessGone(look: () => void): void {
  try {
    look();
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw cause;
  }
}

/** Path and content of every file, for a comparison of bytes. */
export function bytesOf(root: string): Record<string, string> {
  const files = treeOf(root).filter(({ kind }) => kind !== 'directory');
  return Object.fromEntries(files.map(({ path, hash }) => [path, hash]));
}

/** Paths of files whose path matches. */
export function filesMatching(root: string, pattern: RegExp): string[] {
  return treeOf(root)
    .filter(({ kind, path }) => kind === 'file' && pattern.test(path))
    .map(({ path }) => join(root, path));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
