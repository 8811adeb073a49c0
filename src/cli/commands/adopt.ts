import { type AdoptReport, adoptStateDir } from '../../openclaw/index.ts';
import { adoptReportLines } from '../adopt-report-lines.ts';
import type { AddCommand, Call, Outcome } from '../call.ts';
import { canAsk, confirmed } from '../confirm.ts';
import { examples } from '../examples.ts';
import { directoryAt } from '../find-store.ts';
import { counted } from '../problem-lines.ts';
import { ProgressLine } from '../progress-line.ts';

interface Options {
  dryRun?: true;
  yes?: true;
  beside?: true;
  salvage?: true;
}

export const addAdopt: AddCommand = (program, runner) => {
  program
    .command('adopt')
    .summary('take over an OpenClaw state directory')
    .description(
      'Makes sessions of what an OpenClaw state directory holds, in place. Nothing of it is moved, changed ' +
        'or deleted; a run that was stopped goes on where it was; a second run changes nothing. On a ' +
        'terminal it shows what it would do and asks. Exits with 1 when an entry or a file could not be ' +
        'taken over, with 4 when a gateway seems to be at work there: stop it first.',
    )
    .argument('<dir>', 'the state directory, such as ~/.openclaw')
    .option('-n, --dry-run', 'say what would be done, and write nothing')
    .option('-y, --yes', 'do not ask')
    .option('--beside', 'although a gateway is at work there: what it writes later is not seen')
    .option('--salvage', 'of a damaged sessions.json take what stands before the damage')
    .addHelpText(
      'after',
      examples(
        ['holdfast adopt --dry-run ~/.openclaw', 'what would be done'],
        ['holdfast adopt ~/.openclaw', 'take it over and print what was done'],
        ["holdfast adopt --json ~/.openclaw | jq '.refused'", 'what was left out, for a script'],
        ['holdfast ls --store ~/.openclaw', 'look at it afterwards'],
      ),
    )
    .action((directory: string, options: Options, command) =>
      runner.run(command, (call) => adopt(call, directory, options)),
    );
};

async function adopt(call: Call, given: string, options: Options): Promise<Outcome> {
  const directory = directoryAt(given, call.shell.cwd, 'adopt');
  if (options.dryRun === true) return tell(call, await run(call, directory, options, true));
  if (options.yes !== true && canAsk(call)) {
    const plan = await run(call, directory, options, true);
    await tell(call, plan);
    const work = plan.adopted + plan.recovered;
    if (work === 0) return outcomeOf(plan);
    if (!(await confirmed(call, `Take over ${counted(work, 'session')}?`))) {
      call.note('Nothing was taken over.');
      return 1;
    }
  }
  return tell(call, await run(call, directory, options, false));
}

async function run(
  call: Call,
  directory: string,
  { beside, salvage }: Options,
  dryRun: boolean,
): Promise<AdoptReport> {
  const progress = new ProgressLine(call.shell.stderr);
  try {
    return await adoptStateDir(directory, {
      dryRun,
      beside: beside === true,
      salvage: salvage === true,
      signal: call.signal,
      onWarning: call.warn,
      onProgress: ({ sessions, of }) => {
        if (!call.json) progress.show(sessions, of, dryRun ? ' sessions read' : ' sessions');
      },
    });
  } finally {
    progress.end();
  }
}

async function tell(call: Call, report: AdoptReport): Promise<Outcome> {
  if (call.json) await call.out.document(report);
  else await call.out.lines(adoptReportLines(report, call.out));
  return outcomeOf(report);
}

function outcomeOf({ refused, stores }: AdoptReport): Outcome {
  const read = stores.filter(({ unreadable }) => unreadable === undefined);
  const whole = refused.length === 0 && read.length === stores.length;
  return whole && read.length > 0 ? undefined : 1;
}
