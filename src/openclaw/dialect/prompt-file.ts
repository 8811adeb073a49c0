/**
 * A long skill prompt as OpenClaw keeps it from 2026.5.28 on: in a file named by its hash, with a
 * reference in the entry.
 */
import { createHash } from 'node:crypto';
import { isPlainObject } from '../../model/plain-object.ts';

export interface PromptFile {
  /** Relative to the agent's `sessions` directory, with slashes. */
  path: string;
  text: string;
}

/** In UTF-16 units: a shorter prompt stays in its entry. */
const CHARS_MIN = 512;
const BYTES_MAX = 524_288;

/** The snapshot with a reference in the place of its prompt, or as it is. */
export function refersToPrompt(snapshot: unknown): { snapshot: unknown; file?: PromptFile } {
  if (!isPlainObject(snapshot)) return { snapshot };
  const { prompt } = snapshot;
  if (typeof prompt !== 'string' || prompt.length < CHARS_MIN) return { snapshot };
  const bytes = Buffer.byteLength(prompt);
  if (bytes > BYTES_MAX) return { snapshot };
  const hash = createHash('sha256').update(prompt).digest('hex');
  const promptRef = { version: 1, algorithm: 'sha256', hash, bytes };
  const { prompt: _inFile, ...rest } = snapshot;
  return {
    snapshot: { ...rest, promptRef },
    file: { path: `skills-prompts/sha256/${hash.slice(0, 2)}/${hash}.txt`, text: prompt },
  };
}
