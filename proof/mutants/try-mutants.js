/**
 * Tries mutants, one after the other, in one vitest that stays: `node try-mutants.js <list>`, where
 * the list is JSON of `{ mutant, source, test: { file, title } }`. Without `mutant` the test runs on
 * the source as it is. Each outcome is one line of JSON on descriptor 3.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest } from 'vitest/node';

const OUTCOMES = 3;
const root = fileURLToPath(new URL('../..', import.meta.url));
const trials = JSON.parse(process.argv[2] ?? '[]');
const config = join(root, 'proof/mutants/vitest.config.ts');
const silent = [{ onInit: () => undefined }];
const vitest = await createVitest('test', { config, root, watch: false, reporters: silent });

const escaped = (title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What a test complained of, as far as it tells one kind of failure from another. */
function complaint({ name, message, stack }) {
  return { name: name ?? 'Error', message: String(message), stack: String(stack) };
}

async function attempt({ mutant, source, test }) {
  if (mutant) process.env.HOLDFAST_MUTANT = mutant;
  else delete process.env.HOLDFAST_MUTANT;
  if (source) vitest.invalidateFile(join(root, source));
  vitest.setGlobalTestNamePattern(escaped(test.title));
  const began = performance.now();
  const specifications = await vitest.globTestSpecifications([join(root, test.file)]);
  const run = await vitest.runTestSpecifications(specifications);
  // Files of earlier trials are among them.
  const testModules = run.testModules.filter(({ moduleId }) => moduleId === join(root, test.file));
  // The next trial compiles the source as it is again.
  if (source) vitest.invalidateFile(join(root, source));
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

for (const trial of trials) {
  const outcome = await attempt(trial);
  writeSync(OUTCOMES, `${JSON.stringify({ ...trial, ...outcome })}\n`);
}
await vitest.close();
// The result of the last run is an outcome here, not the result of this program.
process.exit(0);
