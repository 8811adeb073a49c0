import { type AdoptReport, adoptStateDir } from '../../openclaw/index.ts';
import type { AddCommand, Call } from '../call.ts';
import { columnLines } from '../columns.ts';
import { examples } from '../examples.ts';
import { directoryAt } from '../find-store.ts';
import { counted } from '../problem-lines.ts';
import { safeLine } from '../safe-text.ts';

export const addAdopt: AddCommand = (program, runner) => {
  program
    .command('adopt')
    .summary('take over an OpenClaw state directory')
    .description(
      'Makes sessions of the entries of each sessions.json below a state directory. Transcripts stay where ' +
        'they lie; nothing is moved or deleted; a second run changes nothing. Exits with 1 when an entry ' +
        'or a file could not be taken over. Stop the gateway first.',
    )
    .argument('<dir>', 'the state directory, such as ~/.openclaw')
    .addHelpText(
      'after',
      examples(
        ['holdfast adopt ~/.openclaw', 'take it over and print what was done'],
        ['holdfast ls --store ~/.openclaw', 'look at it afterwards'],
      ),
    )
    .action((directory: string, _options, command) =>
      runner.run(command, async (call) => {
        const state = directoryAt(directory, call.shell.cwd, 'adopt');
        const report = await adoptStateDir(state, { onWarning: call.warn });
        if (call.json) await call.out.document(report);
        else await print(call, report);
        const read = report.stores.filter(({ unreadable }) => unreadable === undefined);
        const whole = report.refused.length === 0 && read.length === report.stores.length;
        return whole && read.length > 0 ? undefined : 1;
      }),
    );
};

async function print({ out }: Call, report: AdoptReport): Promise<void> {
  const { dim, red, yellow } = out.colors;
  const number = (value: number) => value.toLocaleString('en');
  const right = { align: 'right' } as const;
  const rows = report.stores.map(({ agentId, entries, adopted, known, refused, orphans }) => [
    safeLine(agentId),
    ...[entries, adopted, known, refused, orphans].map(number),
  ]);
  const columns = [
    { title: 'AGENT' },
    { title: 'ENTRIES', ...right },
    { title: 'ADOPTED', ...right },
    { title: 'KNOWN', ...right },
    { title: 'REFUSED', ...right },
    { title: 'ORPHANS', ...right },
  ];
  const problems = [
    ...report.stores
      .filter(({ unreadable }) => unreadable !== undefined)
      .map(({ path, unreadable }) => [red('unreadable'), path, unreadable]),
    ...report.refused.map(({ key, path, reason }) => [red('refused'), `${key} in ${path}`, reason]),
    ...report.notices.map(({ key, path, reason }) => {
      const where = [key, path].filter((part) => part !== undefined).join(' in ');
      return [yellow('notice'), where, reason];
    }),
  ].map(([what, where = '', why = '']) => `${what}  ${safeLine(where)}: ${safeLine(why)}`);
  if (rows.length > 0) await out.lines([...columnLines(columns, rows, out.width, dim), '']);
  if (problems.length > 0) await out.lines([...problems, '']);
  const known = report.known > 0 ? `, ${number(report.known)} known before` : '';
  await out.line(`Adopted ${counted(report.adopted, 'session')}${known}.`);
}
