/** Every test of the repository, run on a source in which one promise may be broken. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { mutantOfEnvironment, mutation } from './mutation.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  plugins: [mutation(mutantOfEnvironment)],
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'proof/**/*.proof.ts'],
    globalSetup: ['test/postgres/one-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    pool: 'forks',
  },
});
