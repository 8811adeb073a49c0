import type { Archive, SessionState } from '../../model/state.ts';
import { agoOf, timeOf } from '../age.ts';
import { byteSize } from '../byte-size.ts';
import type { AddCommand, StoreCall } from '../call.ts';
import { columnLines } from '../columns.ts';
import { CommandError } from '../command-error.ts';
import { displayWidth, fitted } from '../display-width.ts';
import { examples } from '../examples.ts';
import { valueArgument } from '../field-values.ts';
import { resolveKey } from '../resolve-key.ts';
import { holderText } from '../rows.ts';
import { safeLine } from '../safe-text.ts';

/** A field with a longer name (they are free) does not push all values to the right. */
const NAME_WIDTH_MAX = 32;

export const addShow: AddCommand = (program, runner) => {
  program
    .command('show')
    .summary('show one session')
    .description(
      'Shows one session: its state, who runs a turn in it, its archives and the fields of its entry. ' +
        'On a terminal long values are cut to a line; in a pipe and with --json they are whole.',
    )
    .argument('<key>', 'the session key, or a part of it')
    .addHelpText(
      'after',
      examples(
        ['holdfast show c024', 'the session with c024 in its key'],
        ["holdfast show c024 --json | jq '.entry.model'", 'one field for a script'],
      ),
    )
    .action((given: string, _options, command) =>
      runner.withStore(command, 'existing', async (call) => {
        const session = call.store.session(await resolveKey(call.store, given, 'look'));
        const state = await session.read();
        if (state === undefined) throw gone(session.key);
        const archives = await session.archives();
        if (call.json) await call.out.document({ ...state, archives: archives.length });
        else await print(call, state, archives);
        return undefined;
      }),
    );
};

function gone(key: string): CommandError {
  return new CommandError('SESSION_GONE', `The session ${key} was removed meanwhile.`, {
    remedy: 'See `holdfast ls`.',
  });
}

async function print(call: StoreCall, state: SessionState, archives: Archive[]): Promise<void> {
  const { out, now } = call;
  const { bold, dim } = out.colors;
  await out.line(bold(safeLine(state.key)));
  const moment = (at: number) => `${timeOf(at)} (${agoOf(at, now)})`;
  const facts: [string, string][] = [
    ['agent', safeLine(state.agentId)],
    ['session', safeLine(state.sessionId)],
    ['revision', String(state.rev)],
    ['created', moment(state.createdAt)],
    ['updated', moment(state.updatedAt)],
    ...turnFacts(state, now),
    ['archives', archives.length === 0 ? 'none' : archivesText(archives)],
  ];
  const indented = { paint: (cell: string) => dim(`  ${cell}`) };
  await out.lines(
    columnLines([indented, { shrink: { to: 20, cut: 'end', rank: 1 } }], facts, out.width - 2),
  );
  const fields = Object.entries(state.entry);
  if (fields.length === 0) return;
  const names = fields.map(([field]) => safeLine(field));
  const nameWidth = Math.min(Math.max(...names.map(displayWidth)), NAME_WIDTH_MAX);
  const room = Math.max(20, out.width - nameWidth - 4);
  await out.line();
  for (const [at, [, value]] of fields.entries()) {
    const name = fitted(names[at] ?? '', nameWidth);
    const blanks = ' '.repeat(nameWidth - displayWidth(name));
    await out.line(`  ${dim(name)}${blanks}  ${valueText(value, room)}`.trimEnd());
  }
}

function turnFacts({ turn }: SessionState, now: number): [string, string][] {
  if (turn === undefined) return [['turn', 'none']];
  const { holder, status, label, startedAt, interrupted, fence } = turn;
  const what = status === 'cut-off' ? 'cut off: its process died' : 'running';
  const name = label === undefined ? '' : `${safeLine(label)}, `;
  const facts: [string, string][] = [
    ['turn', `${name}${what}, since ${timeOf(startedAt)} (${agoOf(startedAt, now)})`],
    ['holder', `${holderText(holder)}, fence ${fence}`],
  ];
  if (interrupted !== undefined) {
    const reason = safeLine(interrupted.reason);
    facts.push(['stopping', `asked ${agoOf(interrupted.at, now)}: ${reason}`]);
  }
  return facts;
}

function archivesText(archives: readonly Archive[]): string {
  const bytes = archives.reduce((sum, archive) => sum + archive.bytes, 0);
  return `${archives.length} (${byteSize(bytes)} of transcripts)`;
}

/** The value as `holdfast set` would take it; what does not fit is cut and its size told. */
function valueText(value: unknown, room: number): string {
  const text = safeLine(valueArgument(value));
  if (displayWidth(text) <= room) return text;
  const size = ` (${byteSize(Buffer.byteLength(text))})`;
  return fitted(text, room - size.length) + size;
}
