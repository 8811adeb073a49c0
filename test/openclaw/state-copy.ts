import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore, type Store, type StoreOptions, type TranscriptRecord } from 'holdfast';
import { afterEach } from 'vitest';

const SMALL = fileURLToPath(new URL('fixtures/small', import.meta.url));
const LISTS = fileURLToPath(new URL('fixtures/lists', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../examples/openclaw', import.meta.url));

const made: string[] = [];
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** An empty directory, removed after the test. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-openclaw-')));
  made.push(directory);
  return directory;
}

/** A copy of the sample that the repository ships. */
export function sampleCopy(): string {
  return copied(join(SAMPLE, 'state-dir'));
}

/** A copy of the small state directory, with another list of the sessions of `main`. */
export function smallCopy(list?: string | Record<string, unknown>): string {
  const root = copied(SMALL);
  if (typeof list === 'string') cpSync(join(LISTS, `${list}.json`), listPath(root));
  if (typeof list === 'object') writeList(root, list);
  return root;
}

function copied(from: string): string {
  const root = join(temporaryDirectory(), 'state');
  // A loose transcript is as old as its file.
  cpSync(from, root, { recursive: true, preserveTimestamps: true });
  return root;
}

/** Where the list of an agent's sessions lies. */
export function listPath(root: string, agentId = 'main'): string {
  return join(sessionsDir(root, agentId), 'sessions.json');
}

export function sessionsDir(root: string, agentId = 'main'): string {
  return join(root, 'agents', agentId, 'sessions');
}

/** The list as OpenClaw wrote it. */
// biome-ignore lint/suspicious/noExplicitAny: entries of another program
export function readList(root: string, agentId = 'main'): Record<string, any> {
  return JSON.parse(readFileSync(listPath(root, agentId), 'utf8'));
}

export function writeList(root: string, list: Record<string, unknown>, agentId = 'main'): void {
  writeFileSync(listPath(root, agentId), JSON.stringify(list, null, 2));
}

/** What the real program answered about the sample. */
export function expectedAnswers() {
  return JSON.parse(readFileSync(join(SAMPLE, 'expected.json'), 'utf8'));
}

/** Every file below a directory with a hash of its bytes, but for what Holdfast adds. */
export function foreignFiles(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const item of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    const name = relative(root, path);
    if (
      !item.isFile() ||
      /(^|\/)(sessions\.d|blobs|changes|removed)\/|^(holdfast\.json|probe-[0-9a-f]{32}\.lock)$/.test(
        name,
      )
    )
      continue;
    found[name] = createHash('sha256').update(readFileSync(path)).digest('hex');
  }
  return found;
}

/** Opens the directory as a store, lets a test use it, and closes it. */
export async function inStore<T>(
  root: string,
  work: (store: Store) => Promise<T>,
  options?: StoreOptions,
): Promise<T> {
  const store = await openStore(root, options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

export async function recordsOf(store: Store, key: string): Promise<TranscriptRecord[]> {
  return collect(store.session(key).transcript());
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
