import type { ResetOptions } from '../../contract/store.ts';
import type { AddCommand } from '../call.ts';
import { examples } from '../examples.ts';
import { resolveKey } from '../resolve-key.ts';
import { tellCommit } from './set.ts';

interface Options {
  reason?: string;
  keep: string;
}

export const addReset: AddCommand = (program, runner) => {
  program
    .command('reset')
    .summary('archive the conversation, begin a new one')
    .description(
      'Archives the active conversation and begins a new one under the same key, in one step. ' +
        'A running turn is told to stop and can write nothing more.',
    )
    .argument('<key>', 'the session key, or a part of it')
    .option('--reason <text>', 'kept with the archive (default: reset)')
    .option('--keep <fields>', 'fields to take along: all, none, or names with commas', 'all')
    .addHelpText(
      'after',
      examples(
        ['holdfast reset c024', 'a new conversation with the same settings'],
        ['holdfast reset c024 --keep none --reason cleanup', 'and nothing of the old entry'],
        ['holdfast reset c024 --keep model,thinkingLevel', 'and only these two fields'],
        ['holdfast reset c024 --json', 'tells the new session id'],
      ),
    )
    .action((given: string, options: Options, command) =>
      runner.withStore(command, 'existing', async (call) => {
        const session = call.store.session(await resolveKey(call.store, given, 'change'));
        const { reason, keep } = options;
        const ask = { keep: keepOf(keep), ...(reason === undefined ? {} : { reason }) };
        await tellCommit(
          call,
          await session.reset({ ...ask, ifExists: true, signal: call.signal }),
        );
        return undefined;
      }),
    );
};

function keepOf(text: string): NonNullable<ResetOptions['keep']> {
  if (text === 'all' || text === 'none') return text;
  return text.split(',').filter((field) => field !== '');
}
