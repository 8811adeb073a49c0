/** What Stryker runs on each mutant of a part. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { partAsked } from './parts.js';

/** A property that is tried on thousands of values tells a mutant on a hundred of them as well. */
const fewerRuns = {
  name: 'holdfast-fewer-runs',
  enforce: 'pre',
  transform(code, id) {
    if (!/\.test\.ts$/.test(id)) return null;
    return { code: code.replaceAll(/numRuns: [\d_]+/g, 'numRuns: 100'), map: null };
  },
};

const { tests, without } = partAsked();

export default defineConfig({
  plugins: [fewerRuns],
  // The package by its name is the source here, too, so that its users' tests see the mutants.
  resolve: {
    alias: { holdfast: fileURLToPath(new URL('../../src/index.ts', import.meta.url)) },
  },
  test: {
    include: tests,
    exclude: without,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'threads',
  },
});
