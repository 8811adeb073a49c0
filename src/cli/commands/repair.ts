import type { RepairReport } from '../../contract/reports.ts';
import type { AddCommand, StoreCall } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { examples } from '../examples.ts';
import { counted, problemLines } from '../problem-lines.ts';
import { safeLine } from '../safe-text.ts';

interface Options {
  dryRun?: true;
  apply?: true;
}

export const addRepair: AddCommand = (program, runner) => {
  program
    .command('repair')
    .summary('mend what verify reports')
    .description(
      'Mends what `holdfast verify` reports. Damaged bytes are kept aside, never thrown away. ' +
        'One of --dry-run and --apply is needed. Exits with 1 when damage remains.',
    )
    .option('--dry-run', 'say what would be done')
    .option('--apply', 'do it')
    .addHelpText(
      'after',
      examples(
        ['holdfast repair --dry-run', 'what would be done'],
        ['holdfast repair --apply', 'do it'],
      ),
    )
    .action((options: Options, command) => {
      const dryRun = options.dryRun === true;
      if (dryRun === (options.apply === true)) {
        throw new CommandError('USAGE', 'repair needs either --dry-run or --apply.', {
          remedy: 'Look with `holdfast repair --dry-run` first.',
        });
      }
      return runner.withStore(command, 'existing', async (call) => {
        const report = await call.store.repair({ dryRun });
        const damaged = report.remaining.some(({ severity }) => severity === 'damage');
        if (call.json) await call.out.document(report);
        else await print(call, report);
        return damaged ? 1 : undefined;
      });
    });
};

async function print({ out }: StoreCall, report: RepairReport): Promise<void> {
  const { dryRun, actions, remaining } = report;
  for (const { key, path, action, keptAside } of actions) {
    await out.line(`${safeLine(key ?? path ?? 'store')}`);
    await out.line(`  ${dryRun ? 'would ' : 'done  '}  ${safeLine(action)}`);
    if (key !== undefined && path !== undefined) await out.line(`  at      ${safeLine(path)}`);
    if (keptAside !== undefined) await out.line(`  kept    ${safeLine(keptAside)}`);
  }
  for (const problem of remaining) await out.lines(problemLines(problem, out));
  if (actions.length + remaining.length > 0) await out.line();
  const done = dryRun ? 'could be mended' : 'mended';
  const left = remaining.length === 0 ? '' : `, ${counted(remaining.length, 'problem')} remain`;
  await out.line(
    actions.length + remaining.length === 0
      ? 'There is nothing to mend.'
      : `${counted(actions.length, 'thing')} ${done}${left}.`,
  );
}
