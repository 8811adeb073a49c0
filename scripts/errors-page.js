/**
 * Writes docs/errors.md from the list of error codes in the built package.
 *
 *     npm run docs:errors              writes the page
 *     npm run docs:errors -- --check   ends with 1 when the page is not current
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ERROR_CODES } from '../dist/index.js';

const PAGE = fileURLToPath(new URL('../docs/errors.md', import.meta.url));

const RETRY = {
  never: 'no: the call itself is wrong, or the world has moved on',
  later: 'yes: the same call may succeed later',
  'after-repair': 'after an operator has looked',
};

function pageOf(codes) {
  const sections = Object.entries(codes).map(
    ([code, { retry, when, remedy }]) =>
      `## ${code}\n\n${when}\n\n- Try again? ${RETRY[retry]} (\`${retry}\`).\n- What to do: ${remedy}\n`,
  );
  return `# Errors

Everything that Holdfast refuses or fails at is a \`HoldfastError\`. Test its \`code\`, never its text; \`retry\` says whether
the same call may succeed, \`cause\` carries the system's own error, and \`key\` names the session. The list of codes is
closed: a new one is a new minor version. A wrong kind of function (\`update\` with one that returns a promise) is a
\`TypeError\`. This page is made from the code by \`npm run docs:errors\`.

${sections.join('\n')}`;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const page = pageOf(ERROR_CODES);
if (!values.check) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, 'utf8') !== page) {
  console.error('docs/errors.md is not current. Run: npm run docs:errors');
  process.exitCode = 1;
}
