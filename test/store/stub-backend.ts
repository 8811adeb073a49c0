import { openMemory } from '../../src/backends/memory/open-memory.ts';
import type { Backend } from '../../src/contract/backend.ts';

/** A back end in memory, some verbs of which behave as a test wants. */
export function stubBackend(change: (good: Backend) => Partial<Backend> = () => ({})): Backend {
  const good = openMemory('');
  return { ...good, ...change(good) };
}
