/**
 * Writes docs/cli.md from what the built command line says of itself.
 *
 *     node scripts/cli-page.js           writes the page
 *     node scripts/cli-page.js --check   ends with 1 when the page is not current
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const PAGE = fileURLToPath(new URL('../docs/cli.md', import.meta.url));
const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

function helpOf(...words) {
  const text = execFileSync(process.execPath, [MAIN, ...words, '--help'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
  });
  return text.trimEnd();
}

/** The names in the list of commands that a help text has. */
function commandsIn(help) {
  const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(`${help}\n`)?.[1] ?? '';
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
}

/** A command's own help; what all commands share stands on top of the page. */
function section(...words) {
  const help = helpOf(...words).replace(/\n\nGlobal Options:\n(?: {2}.*\n?)+/, '\n');
  const below = commandsIn(help).map((name) => section(...words, name));
  return [`## holdfast ${words.join(' ')}\n\n\`\`\`\n${help}\n\`\`\`\n`, ...below].join('\n');
}

function page() {
  const help = helpOf();
  const sections = commandsIn(help).map((name) => section(name));
  return `# The command line

\`holdfast\` looks after a store, also while a gateway works on it: it takes the same locks for the same microseconds. It
prints nothing on success that was not asked for. Each command below as it says itself (\`holdfast <command> --help\`);
this page is made from that by \`node scripts/cli-page.js\`.

\`\`\`
${help}
\`\`\`

${sections.join('\n')}`;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const text = page();
if (!values.check) writeFileSync(PAGE, text);
else if (readFileSync(PAGE, 'utf8') !== text) {
  console.error('docs/cli.md is not current. Run: node scripts/cli-page.js');
  process.exitCode = 1;
}
