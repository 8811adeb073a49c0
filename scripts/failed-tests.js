/**
 * Prints each test that failed in files of vitest's JSON results, with the first lines of its
 * message: for the end of a long output, of which often only the end is kept.
 */
import { relative } from 'node:path';
import { readResults } from './acceptance-facts.js';

const LINES_MAX = 6;

for (const { file, title, messages } of failedTests(process.argv.slice(2))) {
  console.log(`\nFAILED ${relative('.', file)}: ${title}`);
  const lines = messages.join('\n').split('\n').filter(Boolean);
  for (const line of lines.slice(0, LINES_MAX)) console.log(`  ${line}`);
}

function failedTests(files) {
  return readResults(files).tests.filter(({ status }) => status === 'failed');
}
