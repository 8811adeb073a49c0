import { CommanderError } from 'commander';
import { Runner } from './call.ts';
import { exitCodeOf } from './exit-code.ts';
import { ReaderGone } from './output.ts';
import { buildProgram } from './program.ts';
import { errorText } from './report-error.ts';
import type { Shell } from './shell.ts';

const HELP = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

/**
 * Runs one command line.
 *
 * @param args what follows the program's name
 * @returns the exit code
 */
export async function run(args: readonly string[], shell: Shell): Promise<number> {
  const runner = new Runner(shell);
  try {
    await buildProgram(runner, shell).parseAsync(args, { from: 'user' });
    return runner.outcome ?? 0;
  } catch (error) {
    if (error instanceof ReaderGone) return runner.outcome ?? 0;
    // Told to stop: whatever was under way has ended because of that, and its error says no more.
    if (shell.signal.aborted) return stoppedBy(shell.signal.reason);
    // Help is printed where it is asked for (0), and where a command is missing (1: wrong usage).
    if (error instanceof CommanderError && HELP.has(error.code))
      return error.exitCode === 0 ? 0 : 2;
    shell.stderr.write(errorText(error, asksForJson(args)));
    return error instanceof CommanderError ? 2 : exitCodeOf(error);
  }
}

/** 130 for Ctrl-C, 143 for a polite end: 128 and the number of the signal, as shells count. */
function stoppedBy(reason: unknown): number {
  return reason === 'SIGTERM' ? 143 : 130;
}

/** Looked up in the words themselves, because a line that can not be parsed has no options. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}
