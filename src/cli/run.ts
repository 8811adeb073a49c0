import { type Command, CommanderError } from 'commander';
import { Runner } from './call.ts';
import { exitCodeOf } from './exit-code.ts';
import { ReaderGone } from './output.ts';
import { buildProgram } from './program.ts';
import { errorText } from './report-error.ts';
import type { Shell } from './shell.ts';

/**
 * Runs one command line.
 *
 * @param args what follows the program's name
 * @returns the exit code
 */
export async function run(args: readonly string[], shell: Shell): Promise<number> {
  const runner = new Runner(shell);
  try {
    await parsed(buildProgram(runner, shell), args);
    await runner.finish();
    return runner.outcome ?? 0;
  } catch (error) {
    if (error instanceof ReaderGone) return runner.outcome ?? 0;
    // Told to stop: whatever was under way has ended because of that, and its error says no more.
    if (shell.signal.aborted) return stoppedBy(shell.signal.reason);
    // Without a command its help was printed, which says more than an error would.
    if (error instanceof CommanderError && error.code === 'commander.help') return 2;
    shell.stderr.write(errorText(error, asksForJson(args)));
    return error instanceof CommanderError ? 2 : exitCodeOf(error);
  }
}

/** Runs the command. Help and version end it too: they are printed, and nothing is wrong. */
async function parsed(program: Command, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
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
