import type { CopyReport } from '../../copy-store.ts';
import { type AddCommand, type Call, type Outcome, wholeNumber } from '../call.ts';
import { examples } from '../examples.ts';
import { findStore } from '../find-store.ts';
import { counted } from '../problem-lines.ts';
import { ProgressLine } from '../progress-line.ts';
import { safeLine } from '../safe-text.ts';

interface Options {
  agent?: string;
  parallel?: number;
}

export const addCopy: AddCommand = (program, runner) => {
  program
    .command('copy')
    .summary('copy a store into another one')
    .description(
      'Copies every session with its archives and transcripts between directories and PostgreSQL, and ' +
        'compares each by its checksum afterwards. The source is only read. Run it again after it was ' +
        'stopped: it goes on. A session of the target that is another one is left alone and told. Exits ' +
        'with 1 when a session is not the same in both stores. Running turns are not copied: stop the ' +
        'gateway first.',
    )
    .argument('<from>', 'the path or URL of the store that is read')
    .argument('<to>', 'the path or URL of the store that is written; made when it is missing')
    .option('--agent <id>', 'only of this agent')
    .option('--parallel <n>', 'sessions at once (default: 4)', wholeNumber('--parallel', 1))
    .addHelpText(
      'after',
      examples(
        ['holdfast copy ./state postgres://db/main', 'from files to PostgreSQL'],
        ['holdfast copy postgres://db/main ./state', 'and back'],
        ["holdfast copy --json a b | jq '.problems'", 'what is not the same, for a script'],
      ),
    )
    .action((from: string, to: string, options: Options, command) =>
      runner.run(command, (call) => copy(call, from, to, options)),
    );
};

async function copy(
  call: Call,
  from: string,
  to: string,
  { agent, parallel }: Options,
): Promise<Outcome> {
  const { cwd, stderr } = call.shell;
  const source = findStore({ option: from, env: {}, cwd, use: 'existing' });
  const target = findStore({ option: to, env: {}, cwd, use: 'create' });
  const progress = new ProgressLine(stderr);
  // Loaded when it is needed: the other commands begin sooner without it.
  const { copyStore } = await import('../../copy-store.ts');
  let report: CopyReport;
  try {
    report = await copyStore(source, target, {
      ...(agent !== undefined && { agentId: agent }),
      ...(parallel !== undefined && { parallel }),
      signal: call.signal,
      onWarning: call.warn,
      onProgress: ({ sessions, of, records }) => {
        if (call.json) return;
        progress.show(sessions, of, ` sessions, ${records.toLocaleString('en')} records`);
      },
    });
  } finally {
    progress.end();
  }
  if (call.json) await call.out.document(report);
  else await print(call, report);
  return report.ok ? undefined : 1;
}

async function print({ out }: Call, report: CopyReport): Promise<void> {
  const { red } = out.colors;
  for (const { key, code, message } of report.problems) {
    await out.line(`${safeLine(key)}  ${red(code)}`);
    await out.line(`  ${safeLine(message)}`);
  }
  if (report.problems.length > 0) await out.line();
  const there = report.same - report.copied;
  const before = there > 0 ? `, ${there.toLocaleString('en')} there before` : '';
  await out.line(
    `Copied ${counted(report.copied, 'session')}${before}. The same in both: ${counted(report.same, 'session')}, ` +
      `${counted(report.conversations, 'conversation')}, ${counted(report.records, 'record')}.`,
  );
}
