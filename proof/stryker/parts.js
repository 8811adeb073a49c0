import { fileURLToPath } from 'node:url';

/**
 * The parts of the source that Stryker mutates, each with the tests that can kill its mutants: those
 * that import the source and run in one process. Processes of their own run the built package, which
 * has no mutants in it.
 */
export const PARTS = {
  model: {
    source: 'src/model',
    tests: ['src/model/**/*.test.ts', 'test/conformance/memory.test.ts'],
  },
  store: {
    source: 'src/store',
    tests: ['src/store/**/*.test.ts', 'test/store/**/*.test.ts', 'test/conformance/memory.test.ts'],
    // It loads a second copy of the built package.
    without: ['test/store/two-copies.test.ts'],
  },
  files: {
    source: 'src/backends/files',
    tests: [
      'src/backends/files/**/*.test.ts',
      'test/files/**/*.test.ts',
      'test/facts/**/*.test.ts',
      'test/faults/**/*.test.ts',
      'test/conformance/files.test.ts',
    ],
  },
};

/** Where a run of a part leaves what it found. */
export function resultsOf(name) {
  const at = (what) => fileURLToPath(new URL(`results/${name}.${what}.json`, import.meta.url));
  return { report: at('report'), incremental: at('incremental') };
}

/** The part that the environment names. */
export function partAsked() {
  const name = process.env.HOLDFAST_STRYKER_PART ?? '';
  const part = PARTS[name];
  if (!part) throw new Error(`There is no part ${name}: ${Object.keys(PARTS).join(', ')}.`);
  return { name, without: [], ...part };
}
