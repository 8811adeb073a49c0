import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Takes pictures for the documents, and is no test of anything.
    exclude: process.env.SCREENSHOTS === '1' ? [] : ['test/inspector/browser-pictures.test.ts'],
    globalSetup: ['test/postgres/one-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers than that only make the process tests wait for each other.
    maxWorkers: 2,
    pool: 'forks',
  },
});
