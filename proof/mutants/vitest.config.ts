/** Every test of the repository, run on a source in which one promise may be broken. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { mutantOfEnvironment, mutation } from './mutation.ts';

const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  plugins: [mutation(mutantOfEnvironment)],
  // The built package has no mutant in it.
  resolve: {
    alias: [
      { find: /^holdfast$/, replacement: source('index.ts') },
      { find: /^holdfast\/openclaw$/, replacement: source('openclaw/index.ts') },
    ],
  },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'proof/**/*.proof.ts'],
    globalSetup: ['test/postgres/one-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    pool: 'forks',
  },
});
