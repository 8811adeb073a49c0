/**
 * From 2026.5.28 on, OpenClaw keeps long skill prompts in files named by their hash and leaves a
 * reference in the entry. Holdfast stores large values once by itself, so an adopted entry gets the
 * text back and does not depend on a file that another program may delete.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isPlainObject } from '../model/plain-object.ts';
import type { FileSystem } from '../system/file-system.ts';
import { directoryKind, readOwnFile } from './own-file.ts';

/** OpenClaw itself keeps prompts up to this size in such files. */
const BYTES_MAX = 524_288;

/** The snapshot with its prompt, the same snapshot when it needs none, or why it has to stay. */
export type Hydrated = { snapshot: unknown } | { reason: string };

export async function hydrateSkills(
  fs: FileSystem,
  sessionsDir: string,
  snapshot: unknown,
): Promise<Hydrated> {
  if (!isPlainObject(snapshot) || !Object.hasOwn(snapshot, 'promptRef')) return { snapshot };
  const ref = snapshot.promptRef;
  if (!isPlainObject(ref) || ref.version !== 1 || ref.algorithm !== 'sha256') {
    return { reason: 'its promptRef has a form that is not known' };
  }
  const { hash, bytes } = ref;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) {
    return { reason: 'its promptRef has no SHA-256' };
  }
  const text = await readPrompt(fs, sessionsDir, hash);
  if (!('bytes' in text)) return text;
  if (text.bytes.length !== bytes) {
    return { reason: `the prompt file has ${text.bytes.length} bytes, not ${String(bytes)}` };
  }
  if (createHash('sha256').update(text.bytes).digest('hex') !== hash) {
    return { reason: 'the prompt file does not match its hash' };
  }
  const prompt = text.bytes.toString('utf8');
  const fields = Object.entries(snapshot).map(([field, value]) =>
    field === 'promptRef' ? ['prompt', prompt] : [field, value],
  );
  return { snapshot: Object.fromEntries(fields) };
}

async function readPrompt(
  fs: FileSystem,
  sessionsDir: string,
  hash: string,
): Promise<{ bytes: Buffer } | { reason: string }> {
  let directory = sessionsDir;
  for (const name of ['skills-prompts', 'sha256', hash.slice(0, 2)]) {
    directory = join(directory, name);
    const kind = await directoryKind(fs, directory);
    if (kind === 'missing') return { reason: 'the prompt file is not there' };
    if (kind === 'foreign') return { reason: `${name} is no directory` };
  }
  const read = await readOwnFile(fs, join(directory, `${hash}.txt`), { bytesMax: BYTES_MAX });
  if ('missing' in read) return { reason: 'the prompt file is not there' };
  return 'bytes' in read ? read : { reason: `the prompt file is not read: ${read.reason}` };
}
