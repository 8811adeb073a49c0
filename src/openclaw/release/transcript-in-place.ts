import { basename, join } from 'node:path';
import type { FileSystem } from '../../system/file-system.ts';
import { failed } from './release-failure.ts';

/**
 * The name of the transcript that a session has in the `sessions` directory itself, where OpenClaw
 * left it; `undefined` when it has none there. A stored path that leads elsewhere means the file of
 * the same name, as it does for the store.
 */
export async function transcriptInPlace(
  fs: FileSystem,
  sessionsDir: string,
  stored: unknown,
): Promise<string | undefined> {
  if (typeof stored !== 'string' || stored === '' || stored.includes('\0')) return undefined;
  const name = basename(stored.replaceAll('\\', '/'));
  if (name === '' || name === '.' || name === '..') return undefined;
  const path = join(sessionsDir, name);
  try {
    const facts = await fs.lstat(path);
    return facts.isFile() && facts.nlink === 1 ? name : undefined;
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    if (code === 'ENOENT' || code === 'ENAMETOOLONG') return undefined;
    throw failed(`look at ${path}`, cause);
  }
}

/**
 * The name that OpenClaw had chosen for a transcript it had not written yet, when the path lies in
 * the directory of the same agent, here or under another home.
 */
export function intendedName(
  stored: unknown,
  agentId: string,
  sessionId: string,
): string | undefined {
  if (typeof stored !== 'string' || stored.includes('\0')) return undefined;
  const path = stored.replaceAll('\\', '/');
  const name = basename(path);
  const here = path === name || path.endsWith(`/agents/${agentId}/sessions/${name}`);
  const own = name === `${sessionId}.jsonl` || name.startsWith(`${sessionId}-topic-`);
  return here && own && name.endsWith('.jsonl') ? name : undefined;
}
