import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { AddCommand, Runner } from './call.ts';
import { addAdopt } from './commands/adopt.ts';
import { addAppend } from './commands/append.ts';
import { addArchives } from './commands/archives.ts';
import { addCopy } from './commands/copy.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addLs } from './commands/ls.ts';
import { addMigrate } from './commands/migrate.ts';
import { addMirror } from './commands/mirror.ts';
import { addRelease } from './commands/release.ts';
import { addRepair } from './commands/repair.ts';
import { addReset } from './commands/reset.ts';
import { addRestore } from './commands/restore.ts';
import { addRm } from './commands/rm.ts';
import { addServe } from './commands/serve.ts';
import { addSet } from './commands/set.ts';
import { addShow } from './commands/show.ts';
import { addStat } from './commands/stat.ts';
import { addTail } from './commands/tail.ts';
import { addTop } from './commands/top.ts';
import { addTurns } from './commands/turns.ts';
import { addUnset } from './commands/unset.ts';
import { addVerify } from './commands/verify.ts';
import { addWatch } from './commands/watch.ts';
import { examples } from './examples.ts';
import { EXIT_CODES } from './exit-code.ts';
import type { Shell } from './shell.ts';

const COMMANDS: readonly AddCommand[] = [
  addLs,
  addShow,
  addSet,
  addUnset,
  addTail,
  addAppend,
  addReset,
  addArchives,
  addRestore,
  addRm,
  addTurns,
  addWatch,
  addTop,
  addServe,
  addVerify,
  addRepair,
  addStat,
  addDoctor,
  addAdopt,
  addMirror,
  addRelease,
  addExport,
  addMigrate,
  addCopy,
];

/** The whole command line. Errors are thrown, never printed here; help and version are printed. */
export function buildProgram(runner: Runner, shell: Shell): Command {
  const program = new Command('holdfast')
    .description('Look after the sessions of an AI-agent gateway, also while it runs.')
    .option('--store <path or URL>', 'the store; default: $HOLDFAST_STORE or a directory above')
    .option('--json', 'print JSON; tail and watch: a line for each')
    .option('-v, --verbose', 'say what was done')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, subcommandTerm: termOf })
    .configureOutput({
      writeOut: (text) => shell.stdout.write(text),
      writeErr: (text) => shell.stderr.write(text),
      getOutHelpWidth: () => shell.stdout.columns ?? 80,
      getErrHelpWidth: () => shell.stderr.columns ?? 80,
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText('after', () => `${KEYS}\n${exitCodes()}\n${EXAMPLES}`);
  for (const add of COMMANDS) add(program, runner);
  return program;
}

/** A command in the list: its name and arguments; that it has options is said by its own help. */
function termOf(command: Command): string {
  const parts = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...parts].join(' ');
}

const KEYS = `
A <key> may be any part of a session key that fits one session only:
  c024, slack:channel:c024 or agent:main:slack:channel:c024`;

const EXAMPLES = examples(
  ['holdfast ls --channel slack --since 2h', 'what was active lately'],
  ['holdfast tail c024 -f', 'follow a conversation'],
  ['holdfast set c024 model=opus', 'change the metadata of a session'],
  ['holdfast turns', 'who holds what since when'],
  ['holdfast verify && holdfast stat', 'is all well, and how large is it'],
);

function exitCodes(): string {
  const lines = Object.entries(EXIT_CODES).map(([code, what]) => `  ${code.padStart(2)}  ${what}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
