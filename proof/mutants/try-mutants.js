/**
 * Tries mutants in one vitest that stays. The parent sends `{ mutant, source, test: { file, title } }`,
 * one at a time, and gets back the same with what became of it. Without `mutant` the test runs on the
 * source as it is.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest } from 'vitest/node';

const root = fileURLToPath(new URL('../..', import.meta.url));
const config = join(root, 'proof/mutants/vitest.config.ts');
const silent = [{ onInit: () => undefined }];
const vitest = await createVitest('test', { config, root, watch: false, reporters: silent });

const escaped = (title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What a test complained of, as far as it tells one kind of failure from another. */
function complaint({ name, message }) {
  return { name: name ?? 'Error', message: String(message) };
}

async function attempt({ mutant, source, test }) {
  if (mutant) process.env.HOLDFAST_MUTANT = mutant;
  else delete process.env.HOLDFAST_MUTANT;
  if (source) vitest.invalidateFile(join(root, source));
  vitest.setGlobalTestNamePattern(escaped(test.title));
  const began = performance.now();
  const file = join(root, test.file);
  const run = await vitest.runTestSpecifications(await vitest.globTestSpecifications([file]));
  // The next trial compiles the source as it is again.
  if (source) vitest.invalidateFile(join(root, source));
  // Files of earlier trials are in the result, too.
  const testModules = run.testModules.filter(({ moduleId }) => moduleId === file);
  const tests = testModules
    .flatMap((module) => [...module.children.allTests()])
    .filter(({ fullName }) => fullName.replaceAll(' > ', ' ').includes(test.title));
  return {
    seconds: (performance.now() - began) / 1_000,
    broken: testModules.flatMap((module) => module.errors().map(complaint)),
    tests: tests.map((one) => {
      const { state, errors = [] } = one.result();
      return { title: one.name, state, errors: errors.map(complaint) };
    }),
  };
}

process.on('message', async (trial) => {
  process.send({ ...trial, ...(await attempt(trial)) });
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
