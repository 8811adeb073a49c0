import type { SessionState } from '../../model/state.ts';
import { agoOf } from '../age.ts';
import type { AddCommand, Outcome, StoreCall } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { canAsk, confirmed } from '../confirm.ts';
import { examples } from '../examples.ts';
import { resolveKey } from '../resolve-key.ts';
import { turnText } from '../rows.ts';
import { safeLine } from '../safe-text.ts';

interface Options {
  yes?: true;
}

export const addRm: AddCommand = (program, runner) => {
  program
    .command('rm')
    .summary('remove a session and all that belongs to it')
    .description(
      'Removes a session with its transcripts and archives. There is no way back. ' +
        'Asks on a terminal; anywhere else --yes is needed.',
    )
    .argument('<key>', 'the session key, or whole parts of it between the colons')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        ['holdfast rm c024', 'asks first'],
        ['holdfast rm --yes agent:main:slack:channel:c024', 'for a script'],
      ),
    )
    .action((given: string, options: Options, command) =>
      runner.withStore(command, 'existing', (call) => remove(call, given, options)),
    );
};

async function remove(call: StoreCall, given: string, options: Options): Promise<Outcome> {
  if (options.yes !== true && !canAsk(call)) {
    throw new CommandError('USAGE', 'Nobody can be asked whether the session may be removed.', {
      remedy: 'Give --yes, or run it on a terminal.',
    });
  }
  const key = await resolveKey(call.store, given, options.yes === true ? 'remove' : 'change');
  const session = call.store.session(key);
  if (options.yes !== true && !(await confirmed(call, await question(call, key)))) {
    call.note('Nothing was removed.');
    return 1;
  }
  const removed = await session.remove({ signal: call.signal });
  if (!removed) {
    throw new CommandError('SESSION_GONE', `The session ${key} was removed meanwhile.`, {
      remedy: 'There is nothing left to do.',
    });
  }
  if (call.json) await call.out.document({ key, removed });
  else if (call.verbose) await call.out.line(`${safeLine(key)}  removed`);
  return undefined;
}

async function question({ store, now }: StoreCall, key: string): Promise<string> {
  const session = store.session(key);
  const archives = (await session.archives()).length;
  return `Remove ${safeLine(key)} (${describe(await session.read(), archives, now)})?`;
}

function describe(state: SessionState | undefined, archives: number, now: number): string {
  const words = [];
  if (state !== undefined) {
    words.push(`rev ${state.rev}`, `changed ${agoOf(state.updatedAt, now)}`);
    if (state.turn !== undefined) words.push(`turn: ${turnText(state.turn, now)}`);
  }
  words.push(archives === 1 ? '1 archive' : `${archives} archives`);
  return words.join(', ');
}
