import type { Preconditions } from '../../contract/store.ts';
import type { SessionState } from '../../model/state.ts';
import { type AddCommand, type Call, wholeNumber } from '../call.ts';
import { examples } from '../examples.ts';
import { patchOf } from '../field-values.ts';
import { resolveKey, storeUseFor } from '../resolve-key.ts';
import { safeLine } from '../safe-text.ts';

export interface CommitOptions {
  ifRev?: number;
}

export const addSet: AddCommand = (program, runner) => {
  program
    .command('set')
    .summary('set fields of a session')
    .description(
      'Sets fields of a session in one commit. A value that is valid JSON is taken as JSON, anything else ' +
        'as a string; null removes the field. A field is everything before the first =, dots included. ' +
        'A session that does not exist is created, for which its whole key is needed.',
    )
    .argument('<key>', 'the session key, or a part of it')
    .argument('<field=value...>', 'fields to set')
    .option(
      '--if-rev <n>',
      'only at this revision; 0: only if it does not exist',
      wholeNumber('--if-rev', 0),
    )
    .addHelpText(
      'after',
      examples(
        ['holdfast set c024 model=opus turns=3', 'a string and a number'],
        [`holdfast set c024 'tags=["a","b"]' n='"3"'`, 'a list, and a string of digits'],
        ['holdfast set c024 --if-rev 17 model=opus', 'only if nobody changed it since revision 17'],
      ),
    )
    .action((given: string, assignments: string[], options: CommitOptions, command) => {
      const patch = patchOf(assignments);
      return runner.withStore(command, storeUseFor(given), async (call) => {
        const session = call.store.session(await resolveKey(call.store, given, 'create'));
        await tellCommit(call, await session.update(patch, preconditions(call, options)));
        return undefined;
      });
    });
};

export function preconditions(call: Call, { ifRev }: CommitOptions): Preconditions {
  return { signal: call.signal, ...(ifRev === undefined ? {} : { ifRev }) };
}

/** What a commit has made, for who asked for it: the state as JSON, or a line with `-v`. */
export async function tellCommit(call: Call, state: SessionState): Promise<void> {
  if (call.json) await call.out.document(state);
  else if (call.verbose) {
    await call.out.line(`${safeLine(state.key)}  rev ${state.rev}  session ${state.sessionId}`);
  }
}
