/** Seeds that once failed, one file a proof in `proof/corpus/`; every run tries them again first. */
import { readFileSync } from 'node:fs';

/** A seed that once failed, and what was wrong. */
export interface KeptSeed {
  seed: number;
  law: string;
}

/** The kept seeds of a proof; none where nothing failed so far. */
export function keptSeeds(proof: string): readonly KeptSeed[] {
  try {
    const file = new URL(`../corpus/${proof}.json`, import.meta.url);
    return JSON.parse(readFileSync(file, 'utf8')) as KeptSeed[];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
