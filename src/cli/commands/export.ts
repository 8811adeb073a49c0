import type { ReleaseReport } from '../../openclaw/index.ts';
import type { AddCommand, Call, Outcome } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { examples } from '../examples.ts';
import { directoryAt, findStore } from '../find-store.ts';
import { counted } from '../problem-lines.ts';
import { ProgressLine } from '../progress-line.ts';
import { printReleaseReport } from '../release-lines.ts';
import { safeLine } from '../safe-text.ts';

interface Options {
  openclaw?: string;
  store?: string;
}

export const addExport: AddCommand = (program, runner) => {
  program
    .command('export')
    .summary('write a store as a state directory of OpenClaw')
    .description(
      'Writes every session of a store, in files or in PostgreSQL, as a version of OpenClaw with a ' +
        'sessions.json would have: lists, transcripts, archives. The store is only read. The directory ' +
        'has to be empty or missing; one that is left without a sessions.json was not finished. Exits ' +
        'with 1 when something could not be carried over.',
    )
    .argument('<dir>', 'the empty directory that becomes a state directory')
    .option('--openclaw <version>', 'the version that will read it, such as 2026.7.1')
    .addHelpText(
      'after',
      examples(
        ['holdfast export --openclaw 2026.7.1 ./state', 'from the store here'],
        ['holdfast export --openclaw 2026.7.1 ./state --store postgres://db/main', 'from a server'],
      ),
    )
    .action((directory: string, _options: Options, command) =>
      runner.run(command, (call) => {
        const options: Options = command.optsWithGlobals();
        return exportTo(call, directory, options);
      }),
    );
};

async function exportTo(call: Call, directory: string, options: Options): Promise<Outcome> {
  const { env, cwd, stderr } = call.shell;
  const { openclaw, store } = options;
  if (openclaw === undefined) {
    throw new CommandError('USAGE', 'export needs to know for which version of OpenClaw.', {
      remedy: 'Give --openclaw 2026.7.1: every later version imports what that one wrote.',
    });
  }
  const from = findStore({ option: store, env, cwd, use: 'existing' });
  const target = directoryAt(directory, cwd, 'export');
  // Loaded when it is needed: the other commands begin sooner without it.
  const { exportStateDir } = await import('../../openclaw/index.ts');
  const progress = new ProgressLine(stderr);
  let report: ReleaseReport;
  try {
    report = await exportStateDir(from, target, {
      openclaw,
      onProgress: ({ sessions, of }) => {
        if (!call.json) progress.show(sessions, of, ' steps');
      },
    });
  } finally {
    progress.end();
  }
  if (call.json) await call.out.document(report);
  else {
    await printReleaseReport(call, report);
    const { sessions, archives } = report;
    const what = `${counted(sessions, 'session')} and ${counted(archives, 'archive')}`;
    await call.out.line(`Wrote ${what} to ${safeLine(report.directory)}.`);
  }
  return report.leftOut.length === 0 ? undefined : 1;
}
