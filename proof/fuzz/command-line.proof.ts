import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { it, onTestFinished } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-code.ts';
import { run } from '../../src/cli/run.ts';
import { openStore } from '../../src/open-store.ts';
import { minutes } from '../frame/size.ts';
import { fuzz } from './fuzz.ts';

const COMMANDS = [
  'ls --channel slack --since 2h --limit 3',
  'show c024',
  'set c024 model=opus n:=1',
  'unset c024 model',
  'tail c024 -n 5',
  'append c024 --type note hello',
  'reset c024 --reason new',
  'archives c024',
  'restore c024 x',
  'rm c024 --yes',
  'turns',
  'verify',
  'repair --dry-run',
  'stat',
  '--help',
  '--version',
  'turns --interrupt c024',
  'watch --json',
  'tail c024 -f',
  'ls --sort key --agent main',
  'append c024 --json {}',
];
const DICTIONARY = [
  '\n--json\n',
  '\n-n\n',
  '\n-f\n',
  '\n--yes\n',
  '\n--store\nmemory:x\n',
  '\n--store\n',
  '\n--\n',
  '=',
  ':=',
  '\n__proto__=1\n',
  '-1',
  '\n--since\n',
  '\n--help\n',
  '\u202e',
  '\x1b[2J',
  '1e9',
  '\n--if-rev\n',
  '\n--verbose\n',
];
/** Waiting commands are told to stop after a moment, and end with the code of Ctrl-C. */
const STOP_MS = 100;
const STOPPED = 130;

it(
  'command lines of any words end with a code of the list, and never with a fault',
  async () => {
    const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-fuzz-')));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    await using store = await openStore(cwd);
    await store.session('agent:main:slack:channel:c024').append({ type: 'note', text: 'hi' });
    await store.session('agent:main:telegram:direct:7').update({ label: 'x' });
    await fuzz({
      name: 'command line',
      seeds: COMMANDS.map((line) => Buffer.from(line.split(' ').join('\n'))),
      dictionary: DICTIONARY,
      async run(input) {
        const args = input.toString('utf8').split('\n').map(harmless);
        const { code, text } = await ran(args, cwd);
        const known = code === STOPPED || (code !== 70 && String(code) in EXIT_CODES);
        if (!known) throw new Error(`exit code ${code} of ${JSON.stringify(args)}: ${text}`);
        if (/\(FAULT\)|"FAULT"/.test(text)) throw new Error(text);
        return `${code} ${text.slice(0, 200)}`;
      },
    });
  },
  minutes(2, 12),
);

/** Names no path: these words are run for good, and must not leave the directory that is theirs. */
function harmless(word: string): string {
  return word.replaceAll(/file:|\.\.+|[/\\~\0]/gi, '').slice(0, 500);
}

async function ran(args: readonly string[], cwd: string): Promise<{ code: number; text: string }> {
  let text = '';
  const sink = {
    write(piece: string, written?: () => void) {
      if (text.length < 10_000) text += piece;
      written?.();
      return true;
    },
    on: () => undefined,
    off: () => undefined,
  };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort('SIGINT'), STOP_MS);
  const stdin = Readable.from(['{"type":"note"}\n']);
  const shell = { stdin, stdout: sink, stderr: sink, env: {}, cwd, signal: stop.signal };
  try {
    return { code: await run(args, shell), text };
  } finally {
    clearTimeout(timer);
    stdin.destroy();
  }
}
