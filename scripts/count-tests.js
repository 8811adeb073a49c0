/**
 * Prints `N passed, N failed` from files of vitest's JSON results, summed; ends with 1 when one
 * failed, or when a file of results is missing.
 */
import { readResults } from './acceptance-facts.js';

const counts = process.argv.slice(2).map((file) => readResults([file]).counts);
const sum = (name) => counts.reduce((all, count) => all + count[name], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
