import type { AddCommand } from '../call.ts';
import { examples } from '../examples.ts';
import { resolveKey, resolveSessionId } from '../resolve-key.ts';
import { tellCommit } from './set.ts';

export const addRestore: AddCommand = (program, runner) => {
  program
    .command('restore')
    .summary('go back to an archived conversation')
    .description(
      'Makes an archived conversation active again and archives the active one, in one step.',
    )
    .argument('<key>', 'the session key, or a part of it')
    .argument('<sessionId>', 'the archived session id, or a part of it')
    .addHelpText(
      'after',
      examples(
        ['holdfast archives c024', 'which conversations there are'],
        ['holdfast restore c024 0199c5', 'go back to one of them'],
      ),
    )
    .action((given: string, id: string, _options, command) =>
      runner.withStore(command, 'existing', async (call) => {
        const key = await resolveKey(call.store, given, 'change');
        const session = call.store.session(key);
        const ids = (await session.archives()).map(({ sessionId }) => sessionId);
        const sessionId = resolveSessionId(id, ids, key);
        await tellCommit(call, await session.restore(sessionId, { signal: call.signal }));
        return undefined;
      }),
    );
};
