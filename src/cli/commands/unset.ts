import { type AddCommand, wholeNumber } from '../call.ts';
import { examples } from '../examples.ts';
import { removalOf } from '../field-values.ts';
import { resolveKey } from '../resolve-key.ts';
import { type CommitOptions, preconditions, tellCommit } from './set.ts';

export const addUnset: AddCommand = (program, runner) => {
  program
    .command('unset')
    .summary('remove fields of a session')
    .description(
      'Removes fields of a session in one commit. A field that is not there is no error.',
    )
    .argument('<key>', 'the session key, or a part of it')
    .argument('<field...>', 'fields to remove')
    .option('--if-rev <n>', 'only at this revision', wholeNumber('--if-rev', 1))
    .addHelpText(
      'after',
      examples(
        ['holdfast unset c024 modelOverride', 'one field'],
        [
          'holdfast unset c024 --if-rev 17 label subject',
          'only if nobody changed it since revision 17',
        ],
      ),
    )
    .action((given: string, fields: string[], options: CommitOptions, command) => {
      const patch = removalOf(fields);
      return runner.withStore(command, 'existing', async (call) => {
        const session = call.store.session(await resolveKey(call.store, given, 'change'));
        const ask = { ...preconditions(call, options), ifExists: true };
        await tellCommit(call, await session.update(patch, ask));
        return undefined;
      });
    });
};
