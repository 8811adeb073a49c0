/** Mutants of the back end in PostgreSQL. */
import type { Mutant } from './mutants.ts';

const POSTGRES = 'src/backends/postgres';
const LEASES = 'test/postgres/leases.test.ts';
const NETWORK = 'test/postgres/network.test.ts';

export const MUTANTS_OF_POSTGRES: readonly Mutant[] = [
  {
    name: 'postgres-fence-not-checked',
    file: `${POSTGRES}/guard-conditions.ts`,
    find: 'if (fence !== undefined) {',
    replace: 'if (fence === -1) {',
    killedBy: { file: LEASES, test: 'verb of a turn that another one followed' },
  },
  {
    name: 'postgres-lease-not-checked',
    file: `${POSTGRES}/guard-conditions.ts`,
    find: ' and t.expires_at > clock_timestamp())`;',
    replace: ')`;',
    killedBy: { file: LEASES, test: 'verb of a turn whose lease ran out' },
  },
  {
    name: 'postgres-beat-left-out',
    file: `${POSTGRES}/held-turns.ts`,
    find: 'this.#beating ??= this.#beatNow()',
    replace: 'this.#beating ??= Promise.resolve()',
    killedBy: { file: LEASES, test: 'a turn is kept alive for many leases' },
  },
  {
    name: 'postgres-loss-told-late',
    file: `${POSTGRES}/held-turns.ts`,
    find: 'if (now - beatAt >= this.#leaseMs) {',
    replace: 'if (now - beatAt >= 2 * this.#leaseMs) {',
    killedBy: { file: NETWORK, test: 'a holder that can not reach the server is told' },
  },
  {
    name: 'postgres-unknown-outcome-called-a-failure',
    file: `${POSTGRES}/failure.ts`,
    find: "if (reached === 'sent' && writes && connectionLost(error)) {",
    replace: "if (reached === 'no connection' && writes && connectionLost(error)) {",
    killedBy: { file: NETWORK, test: 'a write whose answer is cut in its middle' },
  },
  {
    name: 'postgres-write-made-again',
    file: `${POSTGRES}/connections.ts`,
    find: 'let again = !writes;',
    replace: 'let again = true;',
    killedBy: { file: NETWORK, test: 'a write whose answer is cut in its middle' },
  },
  {
    name: 'postgres-read-not-made-again',
    file: `${POSTGRES}/connections.ts`,
    find: 'let again = !writes;',
    replace: 'let again = false;',
    killedBy: { file: NETWORK, test: 'a read whose answer is cut in its middle' },
  },
];
