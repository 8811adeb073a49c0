import type { Mutant } from './mutants.ts';
import type { Complaint, Outcome } from './run-trials.ts';

/** What became of a mutant. */
export interface Verdict {
  mutant: string;
  /** `unfair`: it stopped its proof by something else than a promise that was seen broken. */
  fate: 'killed' | 'alive' | 'unfair';
  why: string;
  seconds: number;
  /** The command that repeats it. */
  again: string;
}

/** Program text that does not run at all, and tests that wait for ever, prove nothing. */
const NO_PROOF = /^(SyntaxError|ReferenceError|RollupError|PARSE_ERROR)\b|timed out in \d+ ?ms/;
const NOT_CALLABLE = /is not a function|is not defined|before initialization/;

/** What the proof of a mutant said, with it and, when it was tried `bothWays`, without it. */
export function verdictOf(
  mutant: Mutant,
  outcomes: readonly Outcome[],
  bothWays: boolean,
): Verdict {
  const { name, killedBy } = mutant;
  const same = outcomes.filter(
    ({ test }) => test.file === killedBy.file && test.title === killedBy.test,
  );
  const sound = same.find((outcome) => outcome.mutant === undefined);
  const tried = same.find((outcome) => outcome.mutant === name);
  const title = killedBy.test.replace(/[.*+?^${}()|[\]\\']/g, '.');
  const verdict = (fate: Verdict['fate'], why: string): Verdict => ({
    mutant: name,
    fate,
    why: why.split('\n', 1)[0]?.slice(0, 160) ?? '',
    seconds: tried?.seconds ?? 0,
    again: `HOLDFAST_MUTANT=${name} npx vitest run --config proof/mutants/vitest.config.ts ${killedBy.file} -t '${title}'`,
  });

  if (!tried) return verdict('unfair', 'its proof was not run');
  const unsound = sound?.tests.find(({ state }) => state !== 'passed');
  if (unsound || (bothWays && !sound)) {
    const why = unsound?.errors[0]?.message ?? 'it was not run';
    return verdict('unfair', `its proof does not hold without it: ${why}`);
  }
  if (tried.broken.length > 0) return verdict('unfair', `${tried.broken[0]?.message}`);
  if (tried.tests.length === 0) return verdict('unfair', `no test is called ${killedBy.test}`);
  const [first, ...more] = complaintsOf(tried);
  if (!first) return verdict('alive', `${killedBy.test} passed`);
  const unfair = [first, ...more].find(isUnfair);
  if (unfair) return verdict('unfair', `${unfair.name}: ${unfair.message}`);
  return verdict('killed', `${first.name}: ${first.message}`);
}

function complaintsOf({ broken, tests }: Outcome): Complaint[] {
  return [...broken, ...tests.flatMap(({ errors }) => errors)];
}

function isUnfair({ name, message }: Complaint): boolean {
  return NO_PROOF.test(name) || NO_PROOF.test(message) || NOT_CALLABLE.test(message);
}
