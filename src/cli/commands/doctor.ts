import { type MountReport, probeMount } from '../../mount/index.ts';
import {
  type DoctorReport,
  examineStateDir,
  type Finding,
  type MendReport,
  mendStateDir,
} from '../../openclaw/index.ts';
import type { AddCommand, Call, Outcome } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { canAsk, confirmed } from '../confirm.ts';
import { examples } from '../examples.ts';
import { directoryAt } from '../find-store.ts';
import { fixText, printFindings, printMended } from '../findings-view.ts';
import { printMount } from '../mount-view.ts';
import { counted } from '../problem-lines.ts';

interface Options {
  mount?: string;
  deep?: true;
  fix?: true;
  yes?: true;
}

/** Fixes are done for findings that were told only, so many more are kept when they are asked for. */
const FIXES_PER_CODE_MAX = 10_000;

export const addDoctor: AddCommand = (program, runner) => {
  program
    .command('doctor')
    .summary('what is wrong with a state directory, or what a mount really gives')
    .description(
      'Looks through an OpenClaw state directory, taken over or not, and tells what is not as it should be, ' +
        'each with a reason and a remedy. Changes nothing, also beside a running gateway. Exits with 0 when there ' +
        'is nothing to tell but notes, with 1 after warnings, with 6 after errors.\n\n' +
        'With --mount, tries in a temporary directory inside <dir> what a store needs of its mount: locks, renames, ' +
        'appends, syncs, names. Takes about a second and leaves nothing behind. Exits with 7 when no store can be ' +
        "there, with 1 when one can but durability 'power' can not be kept.",
    )
    .argument('[state-dir]', 'the state directory, such as ~/.openclaw')
    .option('--deep', 'read transcripts whole, not only their beginnings and ends')
    .option('--fix', 'do what findings offer: nothing is deleted; asks on a terminal')
    .option('-y, --yes', 'do not ask')
    .option('--mount <dir>', 'the directory in which to try what its mount gives')
    .addHelpText(
      'after',
      examples(
        ['holdfast doctor ~/.openclaw', 'is all well there'],
        ["holdfast doctor ~/.openclaw --json | jq '.findings[].code'", 'for a script'],
        ['holdfast doctor --fix ~/.openclaw', 'stale locks, old temporary files, permissions'],
        ['holdfast doctor --mount /srv', 'may a store lie there'],
      ),
    )
    .action((stateDir: string | undefined, options: Options, command) =>
      runner.run(command, (call) => doctor(call, stateDir, options)),
    );
};

async function doctor(
  call: Call,
  stateDir: string | undefined,
  options: Options,
): Promise<Outcome> {
  const { mount } = options;
  if ((mount === undefined) === (stateDir === undefined)) {
    const what = mount === undefined ? 'a directory' : 'either a state directory or --mount';
    throw new CommandError('USAGE', `doctor needs ${what} to look at.`, {
      remedy: 'For example: holdfast doctor ~/.openclaw, or: holdfast doctor --mount .',
    });
  }
  if (mount === undefined) return await examine(call, stateDir as string, options);
  if (options.fix || options.yes || options.deep) {
    throw new CommandError('USAGE', '--fix, --yes and --deep are for a state directory.', {
      remedy: 'Leave them out with --mount.',
    });
  }
  const report = await probeMount(directoryAt(mount, call.shell.cwd, 'doctor'));
  if (call.json) await call.out.document(report);
  else await printMount(call, report);
  return ofMount(report);
}

function ofMount({ store, power }: MountReport): Outcome {
  if (!store) return 7;
  return power ? undefined : 1;
}

async function examine(call: Call, given: string, options: Options): Promise<Outcome> {
  const { fix, yes, deep } = options;
  if (fix && !yes && !canAsk(call)) {
    throw new CommandError('USAGE', 'Nobody can be asked whether the fixes may be made.', {
      remedy: 'Give --yes, or run it on a terminal.',
    });
  }
  const directory = directoryAt(given, call.shell.cwd, 'doctor');
  const report = await examineStateDir(directory, {
    deep: deep === true,
    ...(fix && { findingsPerCodeMax: FIXES_PER_CODE_MAX }),
  });
  if (!call.json) await printFindings(call, report);
  const mended = fix ? await mend(call, directory, report, yes === true) : undefined;
  if (call.json) await call.out.document(fix ? { ...report, mended } : report);
  else if (mended !== undefined) await printMended(call, mended);
  return ofFindings(report);
}

function ofFindings({ counts }: DoctorReport): Outcome {
  if (counts.error > 0) return 6;
  return counts.warning > 0 ? 1 : undefined;
}

/** Does what was offered, after it was listed and affirmed. */
async function mend(
  call: Call,
  directory: string,
  { findings }: DoctorReport,
  yes: boolean,
): Promise<MendReport | undefined> {
  const offered = findings.filter((finding: Finding) => finding.fix !== undefined);
  if (offered.length === 0) {
    call.note('There is nothing that --fix could do.');
    return undefined;
  }
  if (!call.json) {
    await call.out.lines(['', '--fix:', ...offered.map((finding) => `  ${fixText(finding)}`)]);
  }
  if (!yes && !(await confirmed(call, `Make ${counted(offered.length, 'fix', 'fixes')}?`))) {
    call.note('Nothing was changed.');
    return undefined;
  }
  return await mendStateDir(directory, offered);
}
