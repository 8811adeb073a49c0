import type { Backend } from '../../../src/contract/backend.ts';

/** One law of the contract, broken on purpose. */
export interface Breakage {
  name: string;
  /** The verbs that behave differently from the good back end's. */
  broken(good: Backend): Partial<Backend>;
}
