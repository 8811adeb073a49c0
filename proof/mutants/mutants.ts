import { MUTANTS_OF_ATTACKS } from './mutants-of-attacks.ts';
import { MUTANTS_OF_CRASHES } from './mutants-of-crashes.ts';
import { MUTANTS_OF_FAULTS } from './mutants-of-faults.ts';
import { MUTANTS_OF_MIRROR } from './mutants-of-mirror.ts';
import { MUTANTS_OF_OPENCLAW } from './mutants-of-openclaw.ts';
import { MUTANTS_OF_ORDERS } from './mutants-of-orders.ts';
import { MUTANTS_OF_POSTGRES } from './mutants-of-postgres.ts';
import { MUTANTS_OF_POWER_LOSS } from './mutants-of-power-loss.ts';
import { MUTANTS_OF_TESTS } from './mutants-of-tests.ts';
import { MUTANTS_OF_THE_DOCTOR } from './mutants-of-the-doctor.ts';
import { MUTANTS_OF_THE_INSPECTOR } from './mutants-of-the-inspector.ts';

/** One promise of the source, broken on purpose, and the proof that must notice. */
export interface Mutant {
  /** In kebab-case, as on the command line. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /**
   * The proof that must fail: file, and a part of the test's title that no other test has. The names
   * of the groups around it belong to the title.
   */
  readonly killedBy: { readonly file: string; readonly test: string };
}

export const MUTANTS: readonly Mutant[] = [
  ...MUTANTS_OF_TESTS,
  ...MUTANTS_OF_OPENCLAW,
  ...MUTANTS_OF_THE_DOCTOR,
  ...MUTANTS_OF_THE_INSPECTOR,
  ...MUTANTS_OF_MIRROR,
  ...MUTANTS_OF_CRASHES,
  ...MUTANTS_OF_ATTACKS,
  ...MUTANTS_OF_FAULTS,
  ...MUTANTS_OF_ORDERS,
  ...MUTANTS_OF_POWER_LOSS,
  ...MUTANTS_OF_POSTGRES,
];

export function mutantNamed(name: string): Mutant {
  const mutant = MUTANTS.find((one) => one.name === name);
  if (!mutant) throw new Error(`There is no mutant ${name}.`);
  return mutant;
}
