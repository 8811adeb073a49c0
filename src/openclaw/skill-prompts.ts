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
/** Fewer: prompts are read again and again. More: memory for prompts that no further entry has. */
const KEPT_MAX = 64;

type Prompt = { text: string; bytes: number } | { reason: string; failed?: true };

/** The snapshot with its prompt, the same snapshot when it needs none, or why it has to stay. */
export type Hydrated = { snapshot: unknown } | { reason: string; failed?: true };

/** The prompts of one `sessions` directory; those that were read last are kept. */
export class SkillPrompts {
  readonly #fs: FileSystem;
  readonly #sessionsDir: string;
  readonly #kept = new Map<string, Prompt>();

  constructor(fs: FileSystem, sessionsDir: string) {
    this.#fs = fs;
    this.#sessionsDir = sessionsDir;
  }

  async hydrate(snapshot: unknown): Promise<Hydrated> {
    if (!isPlainObject(snapshot) || !Object.hasOwn(snapshot, 'promptRef')) return { snapshot };
    const ref = snapshot.promptRef;
    if (!isPlainObject(ref) || ref.version !== 1 || ref.algorithm !== 'sha256') {
      return { reason: 'its promptRef has a form that is not known' };
    }
    const { hash, bytes } = ref;
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) {
      return { reason: 'its promptRef has no SHA-256' };
    }
    const prompt = await this.#prompt(hash);
    if ('reason' in prompt) return prompt;
    if (prompt.bytes !== bytes) {
      return { reason: `the prompt file has ${prompt.bytes} bytes, not ${String(bytes)}` };
    }
    const fields = Object.entries(snapshot).map(([field, value]) =>
      field === 'promptRef' ? ['prompt', prompt.text] : [field, value],
    );
    return { snapshot: Object.fromEntries(fields) };
  }

  async #prompt(hash: string): Promise<Prompt> {
    const kept = this.#kept.get(hash);
    if (kept !== undefined) return kept;
    const prompt = await this.#read(hash);
    if ('failed' in prompt) return prompt;
    if (this.#kept.size === KEPT_MAX) this.#kept.clear();
    this.#kept.set(hash, prompt);
    return prompt;
  }

  async #read(hash: string): Promise<Prompt> {
    let directory = this.#sessionsDir;
    for (const name of ['skills-prompts', 'sha256', hash.slice(0, 2)]) {
      directory = join(directory, name);
      const kind = await directoryKind(this.#fs, directory);
      if (kind === 'missing') return { reason: 'the prompt file is not there' };
      if (kind !== 'directory') return { reason: `${name} is ${kind}` };
    }
    const path = join(directory, `${hash}.txt`);
    const read = await readOwnFile(this.#fs, path, { bytesMax: BYTES_MAX });
    if ('missing' in read) return { reason: 'the prompt file is not there' };
    if ('reason' in read) return { ...read, reason: `the prompt file is not read: ${read.reason}` };
    if (createHash('sha256').update(read.bytes).digest('hex') !== hash) {
      return { reason: 'the prompt file does not match its hash' };
    }
    return { text: read.bytes.toString('utf8'), bytes: read.bytes.length };
  }
}
