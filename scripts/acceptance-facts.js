/** The facts of docs/acceptance.md and what a run of the tests says of each. */
import { existsSync, readFileSync } from 'node:fs';

const FACT = /^- \*\*((?:R\d+|C)\.\d+)\*\* (.+)$/gm;
const IDS = /^(?:(?:R\d+|C)\.\d+ )+/;

/** Every fact of the page, in its order: `{ id, title }`. */
export function factsOf(page) {
  return [...page.matchAll(FACT)].map(([, id, title]) => ({ id, title }));
}

/** The ids with which a title begins; a test may stand for several facts. */
export function idsOf(title) {
  return IDS.exec(title)?.[0].trim().split(' ') ?? [];
}

/** All tests of vitest's JSON results: `{ title, ids, status, file }`. */
export function testsOf(results) {
  return results.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({
      title: test.title,
      ids: [...new Set([...test.ancestorTitles, test.title].flatMap(idsOf))],
      status: test.status,
      file: file.name,
      messages: test.failureMessages ?? [],
    })),
  );
}

/**
 * The tests of several files of results, and their counts. A file that is missing or that is no
 * JSON is a run that broke off: it counts as one failure.
 */
export function readResults(files) {
  const all = { tests: [], counts: { passed: 0, failed: 0, other: 0 } };
  for (const file of files) {
    const results = parsed(file);
    if (!results) {
      all.counts.failed += 1;
      continue;
    }
    all.tests.push(...testsOf(results));
    const counts = countsOf(results);
    for (const name of Object.keys(counts)) all.counts[name] += counts[name];
  }
  return all;
}

function parsed(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Counts: a file that could not be loaded is a failure too. */
export function countsOf(results) {
  const tests = testsOf(results);
  const broken = results.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').length + broken.length,
    other: tests.filter(({ status }) => status !== 'passed' && status !== 'failed').length,
  };
}

/** Each fact with `outcome`: `failed`, `passed`, or `not covered`. */
export function judge(facts, tests) {
  return facts.map((fact) => {
    const own = tests.filter(({ ids }) => ids.includes(fact.id));
    const failed = own.filter(({ status }) => status === 'failed').length;
    const passed = own.filter(({ status }) => status === 'passed').length;
    let outcome = 'not covered';
    if (failed > 0) outcome = 'failed';
    else if (passed > 0) outcome = 'passed';
    return { ...fact, outcome, passed, failed };
  });
}

/** Ids in titles that no fact has: a typing error would look like a fact that is not covered. */
export function strangeIds(facts, tests) {
  const known = new Set(facts.map(({ id }) => id));
  return [...new Set(tests.flatMap(({ ids }) => ids))].filter((id) => !known.has(id));
}
