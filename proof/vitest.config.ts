import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { mutantOfEnvironment, mutation } from './mutants/mutation.ts';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  plugins: [mutation(mutantOfEnvironment)],
  test: {
    include: ['proof/**/*.proof.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    pool: 'forks',
    // Seeds and figures are part of what a run says, also when it passes.
    silent: false,
  },
});
