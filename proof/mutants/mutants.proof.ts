/** The test of the tests: every mutant is noticed, by the proof that is named for it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { isLong, minutes } from '../frame/size.ts';
import { MUTANTS } from './mutants.ts';
import { runTrials, type Trial } from './run-trials.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** What a store must not do, from the list of what other stores did. Each is broken at least once. */
const KINDS = [
  'no-lock',
  'lock-not-rechecked',
  'short-write-ignored',
  'torn-tail-not-cut',
  'sync-of-file-left-out',
  'sync-of-directory-left-out',
  'cached-read-without-check',
  'precondition-outside-the-lock',
  'fence-not-checked',
  'deletion-without-tombstone',
  'journal-after-commit',
  'blob-collected-too-early',
  'nested-turn-waits-for-itself',
];

/** Of all trials together; what was not tried by then does not count as killed. */
const LIMIT_MS = minutes(9, 20);

describe('the mutants', () => {
  it('break every promise of the list', () => {
    const names = MUTANTS.map(({ name }) => name);
    const missing = KINDS.filter((kind) => !names.some((name) => name.startsWith(kind)));
    expect(missing).toEqual([]);
  });

  it.each(MUTANTS)('$name fits one place, and changes it', ({ file, find, replace }) => {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(source.split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });

  it('are killed, each by its proof, which holds without it', {
    timeout: LIMIT_MS + 10_000,
  }, async () => {
    const began = performance.now();
    const outcomes = await runTrials(trials(), LIMIT_MS);
    const verdicts = MUTANTS.map((mutant) => verdictOf(mutant, outcomes, isLong));
    keepFigure('mutants', {
      what: 'mutants',
      count: MUTANTS.length,
      found: { killed: count(verdicts, 'killed'), alive: count(verdicts, 'alive') },
      seconds: (performance.now() - began) / 1_000,
    });
    const lines = verdicts.map(({ mutant, fate, why, seconds }) => {
      return `${seconds.toFixed(1)} s  ${fate}  ${mutant}: ${why}`;
    });
    console.log(lines.join('\n'));
    const alive = verdicts.filter(({ fate }) => fate !== 'killed');
    expect(alive.map(({ mutant, fate, why, again }) => ({ mutant, fate, why, again }))).toEqual([]);
  });
});

const count = (verdicts: Verdict[], fate: Verdict['fate']) =>
  verdicts.filter((verdict) => verdict.fate === fate).length;

/**
 * Each proof once for each of its mutants, and once on the source as it is. The short form leaves
 * the latter to the run that it is a part of: every test and every proof passes in it, or it fails.
 */
function trials(): Trial[] {
  const proofs = new Map<string, Trial>();
  const broken = MUTANTS.map(({ name, file, killedBy }): Trial => {
    const test = { file: killedBy.file, title: killedBy.test };
    proofs.set(`${test.file} ${test.title}`, { test });
    return { mutant: name, source: file, test };
  });
  return isLong ? [...proofs.values(), ...broken] : broken;
}
