/** How Stryker runs here; `npm run proof:stryker -- model` says with what part. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { partAsked, resultsOf } from './parts.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { name, source } = partAsked();
const results = resultsOf(name);
const asked = process.env.HOLDFAST_STRYKER_FILES ?? `${source}/**/*.ts`;

export default {
  plugins: [here('node_modules/@stryker-mutator/vitest-runner/dist/src/index.js')],
  testRunner: 'vitest',
  vitest: { configFile: 'proof/stryker/vitest.config.js', related: false },
  // TypeScript 7 has no compiler that Stryker could ask, and nothing of it is needed.
  tsconfigFile: 'proof/stryker/none.json',
  mutate: [...asked.split(','), '!**/*.test.ts'],
  ignorePatterns: ['bench', 'examples', 'proof/*/node_modules', 'proof/stryker/results'],
  coverageAnalysis: 'perTest',
  concurrency: Number(process.env.HOLDFAST_STRYKER_AT_ONCE ?? 1),
  // Shorter: on a busy machine mutants count as killed that nobody noticed.
  timeoutMS: 30_000,
  // What did not change since the last run, source and tests, is not tried again.
  incremental: true,
  incrementalFile: results.incremental,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: results.report },
  tempDirName: join(tmpdir(), `holdfast-stryker-${process.pid}`),
  allowEmpty: false,
};
