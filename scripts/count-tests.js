/** Prints `N passed, N failed` from a file of vitest's JSON results; ends with 1 when one failed. */
import { readFileSync } from 'node:fs';
import { countsOf } from './acceptance-facts.js';

const [file = ''] = process.argv.slice(2);
const { passed, failed } = countsOf(JSON.parse(readFileSync(file, 'utf8')));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
