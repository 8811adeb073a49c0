import { type MountCheck, type MountReport, probeMount } from '../../mount/index.ts';
import { byteSize } from '../byte-size.ts';
import type { AddCommand, Call, Outcome } from '../call.ts';
import { columnLines } from '../columns.ts';
import { CommandError } from '../command-error.ts';
import { examples } from '../examples.ts';
import { directoryAt } from '../find-store.ts';
import { safeLine } from '../safe-text.ts';

interface Options {
  mount?: string;
}

export const addDoctor: AddCommand = (program, runner) => {
  program
    .command('doctor')
    .summary('what a mount really gives')
    .description(
      'Tries in a temporary directory inside <dir> what a store needs of its mount: locks, renames, appends, ' +
        'syncs, names. Takes about a second and leaves nothing behind. Exits with 7 when no store can be there, ' +
        "with 1 when one can but durability 'power' can not be kept.",
    )
    .option('--mount <dir>', 'the directory in which to try')
    .addHelpText(
      'after',
      examples(
        ['holdfast doctor --mount /srv', 'may a store lie there'],
        ["holdfast doctor --mount . --json | jq '.checks[].id'", 'what is tried'],
      ),
    )
    .action((_options, command) =>
      runner.run(command, async (call) => {
        const { mount } = command.opts() as Options;
        if (mount === undefined) {
          throw new CommandError('USAGE', 'doctor needs a directory to look at.', {
            remedy: 'For example: holdfast doctor --mount .',
          });
        }
        const report = await probeMount(directoryAt(mount, call.shell.cwd, 'doctor'));
        if (call.json) await call.out.document(report);
        else await print(call, report);
        return outcomeOf(report);
      }),
    );
};

function outcomeOf({ store, power }: MountReport): Outcome {
  if (!store) return 7;
  return power ? undefined : 1;
}

async function print({ out }: Call, report: MountReport): Promise<void> {
  const { dim, green, red, yellow } = out.colors;
  const { directory, type, freeBytes, freeFiles, checks } = report;
  const room = freeFiles === undefined ? '' : `, ${freeFiles.toLocaleString('en')} files`;
  await out.line(
    `${safeLine(directory)} ${dim(`(${safeLine(type)})`)}, ${byteSize(freeBytes)}${room} free`,
  );
  const colour = ({ outcome, neededBy }: MountCheck) => {
    if (outcome === 'no' && neededBy === 'nobody') return dim;
    return { yes: green, no: red, unknown: yellow }[outcome];
  };
  const rows = checks.map(({ outcome, what, detail }) => [outcome, what, safeLine(detail)]);
  const paint = (cell: string, row: number) => `  ${colour(checks[row] as MountCheck)(cell)}`;
  const columns = [{ paint }, {}, { paint: dim }];
  await out.lines(columnLines(columns, rows, out.width - 2));
  await out.line(verdict(report));
}

function verdict({ store, power }: MountReport): string {
  if (!store)
    return 'No store can be here. Use a directory on a local disk, or PostgreSQL for a shared store.';
  return power
    ? 'A store can be here, with any durability.'
    : "A store can be here; durability 'power' can not be kept.";
}
