import { resolve } from 'node:path';
import { type AdoptReport, adoptStateDir } from '../../openclaw/index.ts';
import type { AddCommand, Call } from '../call.ts';
import { columnLines } from '../columns.ts';
import { examples } from '../examples.ts';
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
        const report = await adoptStateDir(resolve(call.shell.cwd, directory));
        if (call.json) await call.out.document(report);
        else await print(call, report);
        const whole =
          report.refused.length === 0 && report.stores.every(({ unreadable }) => !unreadable);
        return whole ? undefined : 1;
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
  if (rows.length > 0) await out.lines([...columnLines(columns, rows, out.width, dim), '']);
  for (const { path, unreadable } of report.stores) {
    if (unreadable === undefined) continue;
    await out.line(`${red('unreadable')}  ${safeLine(path)}: ${safeLine(unreadable)}`);
  }
  for (const { key, path, reason } of report.refused) {
    await out.line(`${red('refused')}  ${safeLine(key)} in ${safeLine(path)}: ${safeLine(reason)}`);
  }
  for (const { key, path, reason } of report.notices) {
    const where = [key, path].filter((part) => part !== undefined).map(safeLine);
    await out.line(`${yellow('notice')}  ${where.join(' in ')}: ${safeLine(reason)}`);
  }
  const known = report.known > 0 ? `, ${number(report.known)} known before` : '';
  await out.line(`Adopted ${counted(report.adopted, 'session')}${known}.`);
}
