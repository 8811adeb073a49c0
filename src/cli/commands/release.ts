import type { ReleaseOptions, ReleaseReport } from '../../openclaw/index.ts';
import type { AddCommand, Call, Outcome } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { canAsk, confirmed } from '../confirm.ts';
import { examples } from '../examples.ts';
import { directoryAt } from '../find-store.ts';
import { counted } from '../problem-lines.ts';
import { ProgressLine } from '../progress-line.ts';
import { printReleaseReport } from '../release-lines.ts';
import { safeLine } from '../safe-text.ts';

interface Options {
  openclaw?: string;
  dryRun?: true;
  yes?: true;
}

export const addRelease: AddCommand = (program, runner) => {
  program
    .command('release')
    .summary('give a state directory back to OpenClaw')
    .description(
      'The way back from adopt: writes a complete sessions.json for each agent, and the transcripts that ' +
        'began here, then moves the files of the store into one dated directory beside them. Nothing ' +
        'is deleted or overwritten. Shows the plan and asks on a terminal; anywhere else --yes or ' +
        '--dry-run is needed. Run it again after it was stopped: it goes on. Exits with 1 when ' +
        'something could not be carried over. Stop the gateway first.',
    )
    .argument('<dir>', 'the state directory, such as ~/.openclaw')
    .option('--openclaw <version>', 'the version that will read it (default: 2026.7.1)')
    .option('-n, --dry-run', 'say what would be done, and change nothing')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        ['holdfast release --dry-run ~/.openclaw', 'the plan'],
        ['holdfast release ~/.openclaw', 'shows the plan, then asks'],
        ['holdfast release --yes --openclaw 2026.5.22 ~/.openclaw', 'for an older version'],
      ),
    )
    .action((directory: string, options: Options, command) =>
      runner.run(command, (call) => release(call, directory, options)),
    );
};

async function release(call: Call, directory: string, options: Options): Promise<Outcome> {
  const { openclaw, dryRun, yes } = options;
  if (dryRun !== true && yes !== true && !canAsk(call)) {
    throw new CommandError('USAGE', 'Nobody can be asked whether the directory may be released.', {
      remedy: 'Give --yes or --dry-run, or run it on a terminal.',
    });
  }
  const state = directoryAt(directory, call.shell.cwd, 'release');
  // Loaded when it is needed: the other commands begin sooner without it.
  const { releaseStateDir } = await import('../../openclaw/index.ts');
  const progress = new ProgressLine(call.shell.stderr);
  const run = async (how: { dryRun: boolean }) => {
    const asked: ReleaseOptions = {
      ...how,
      ...(openclaw !== undefined && { openclaw }),
      onProgress: ({ sessions, of }) => {
        if (!call.json) progress.show(sessions, of, ' steps');
      },
    };
    try {
      return await releaseStateDir(state, asked);
    } finally {
      progress.end();
    }
  };
  if (dryRun === true || yes !== true) {
    const plan = await run({ dryRun: true });
    await print(call, plan);
    if (dryRun === true) return outcome(plan);
    if (!(await confirmed(call, `Release ${safeLine(state)}?`))) {
      call.note('Nothing was changed.');
      return 1;
    }
  }
  const report = await run({ dryRun: false });
  await print(call, report);
  return outcome(report);
}

function outcome({ leftOut }: ReleaseReport): Outcome {
  return leftOut.length === 0 ? undefined : 1;
}

async function print(call: Call, report: ReleaseReport): Promise<void> {
  if (call.json) return await call.out.document(report);
  await printReleaseReport(call, report);
  const { sessions, archives, carried, openclaw } = report;
  const what = `${counted(sessions, 'session')} and ${counted(archives, 'archive')}`;
  const more = carried > 0 ? `, and ${carried.toLocaleString('en')} entries as they were` : '';
  if (!report.done) {
    await call.out.line(`Would release ${what}${more}, for OpenClaw ${openclaw}.`);
    return;
  }
  await call.out.line(`Released ${what}${more}, for OpenClaw ${openclaw}.`);
  await call.out.line(`The files of the store are in ${safeLine(report.aside ?? '')} now.`);
}
