import type { VerifyReport } from '../../contract/reports.ts';
import { byteSize } from '../byte-size.ts';
import type { AddCommand, StoreCall } from '../call.ts';
import { examples } from '../examples.ts';
import { counted, problemLines } from '../problem-lines.ts';

export const addVerify: AddCommand = (program, runner) => {
  program
    .command('verify')
    .summary('check the whole store')
    .description(
      'Reads the whole store and reports what is not as it should be. Changes nothing. Exits with 1 when ' +
        'something is damaged; notices (leftovers, orphans, permissions) alone are no damage.',
    )
    .addHelpText(
      'after',
      examples(
        ['holdfast verify', 'is all well'],
        ["holdfast verify --json | jq '.problems[].key'", 'which sessions are concerned'],
      ),
    )
    .action((_options, command) =>
      runner.withStore(command, 'existing', async (call) => {
        const report = await call.store.verify();
        const outcome = report.ok ? undefined : 1;
        if (call.json) await call.out.document(report);
        else await print(call, report);
        return outcome;
      }),
    );
};

async function print({ out }: StoreCall, { ok, checked, problems }: VerifyReport): Promise<void> {
  for (const problem of problems) await out.lines(problemLines(problem, out));
  const { sessions, transcripts, archives, bytes } = checked;
  if (problems.length > 0) await out.line();
  await out.line(
    `Checked ${counted(sessions, 'session')}, ${counted(transcripts, 'transcript')}, ` +
      `${counted(archives, 'archive')}, ${byteSize(bytes)}.`,
  );
  const damaged = problems.filter(({ severity }) => severity === 'damage').length;
  const notices = problems.length - damaged;
  if (problems.length === 0) await out.line(out.colors.green('No problem found.'));
  else await out.line(`${counted(damaged, 'damage')}, ${counted(notices, 'notice')}.`);
  if (!ok) await out.line('See `holdfast repair --dry-run` for what can be mended.');
}
