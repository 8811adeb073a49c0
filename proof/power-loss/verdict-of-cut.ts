/** A store after a real power cut: what it shows, and whether it goes on, session by session. */
import { openFiles } from '../../src/backends/files/open-files.ts';
import type { Backend } from '../../src/contract/backend.ts';
import type { Warning } from '../../src/contract/store.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import type { Written } from './written.ts';

export interface Verdict {
  /** What was lost or is not as it was ever written. */
  wrong: string[];
  acknowledged: number;
  /** Sessions of which not even the beginning was on the disk, told as damage. */
  told: number;
  /** Milliseconds that opening and reading all of it took. */
  recoveryMs: number;
}

/** `written`: what was acknowledged before the cut; `tried`: what was begun by its end. */
export async function verdictOf(
  root: string,
  written: ReadonlyMap<string, Written>,
  tried: ReadonlyMap<string, Written>,
): Promise<Verdict> {
  const verdict: Verdict = { wrong: [], acknowledged: 0, told: 0, recoveryMs: 0 };
  const warnings: Warning[] = [];
  const began = performance.now();
  const backend = await openFiles(
    root,
    {
      durability: 'power',
      instance: 'after',
      lockWaitMs: 5_000,
      openFilesMax: 64,
      onWarning: (warning) => void warnings.push(warning),
    },
    undefined,
  );
  try {
    for (const [key, last] of tried) {
      const kept = key.startsWith('agent:main:power:') ? written.get(key) : undefined;
      if (kept) verdict.acknowledged += kept.appended + kept.updated + kept.resets;
      try {
        const why = await wrongWith(backend, key, kept, last);
        if (why) verdict.wrong.push(`${key}: ${why}`);
      } catch (error) {
        if (!isHoldfastError(error)) throw error;
        if (!kept && error.code === 'ENTRY_DAMAGED' && !error.lastGood) verdict.told += 1;
        else verdict.wrong.push(`${key}: ${error.code}: ${error.message}`);
      }
    }
    verdict.recoveryMs = performance.now() - began;
    for (const key of tried.keys()) await goOn(backend, key, verdict);
    const { problems } = await backend.verify();
    const odd = problems.filter(
      ({ code }) => !['LEFTOVER', 'ORPHAN', 'TRANSCRIPT_DAMAGED'].includes(code),
    );
    if (odd.length > verdict.told) verdict.wrong.push(`verify reports ${JSON.stringify(odd[0])}`);
  } finally {
    await backend.close();
  }
  return verdict;
}

/** Counters and sets of what was acknowledged: a last value would be healed by the next one. */
async function wrongWith(
  backend: Backend,
  key: string,
  kept: Written | undefined,
  last: Written,
): Promise<string | undefined> {
  const state = await backend.read(key);
  if (!state) return kept && kept.appended > 0 ? 'it is gone' : undefined;
  const { count = 0, key: own = key } = state.entry;
  if (own !== key) return `it shows the entry of ${own}`;
  if (count < (kept?.updated ?? 0)) return `${count} of ${kept?.updated} updates are there`;
  if (count > last.tried) return `it counts ${count}, ${last.tried} were tried`;
  const archives = await backend.archives(key);
  if (archives.length < (kept?.resets ?? 0)) {
    return `${archives.length} of ${kept?.resets} former conversations are there`;
  }
  const seen = new Set<number>();
  for (const { sessionId } of [{ sessionId: state.sessionId }, ...archives]) {
    for await (const record of backend.transcript(key, { sessionId, onDamage: 'skip' })) {
      if (record.key !== key) return `it has a record of ${record.key}`;
      if (seen.has(record.n)) return `record ${record.n} is there twice`;
      seen.add(record.n);
    }
  }
  for (let n = 1; n <= (kept?.appended ?? 0); n++) if (!seen.has(n)) return `record ${n} is lost`;
  return undefined;
}

/** No hand is needed: the next update and the next record are accepted. */
async function goOn(backend: Backend, key: string, verdict: Verdict): Promise<void> {
  try {
    await backend.update(key, { after: true }, {});
    await backend.append(key, { type: 'note', key, n: 0 }, {}, {});
  } catch (error) {
    const told = isHoldfastError(error) && error.code === 'ENTRY_DAMAGED' && !error.lastGood;
    if (!told || verdict.told === 0) verdict.wrong.push(`${key}: ${(error as Error).message}`);
  }
}
