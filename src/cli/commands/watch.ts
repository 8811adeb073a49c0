import { agentOf } from '../../model/session-key.ts';
import { clockOf } from '../age.ts';
import type { AddCommand, Outcome, StoreCall } from '../call.ts';
import { examples } from '../examples.ts';
import { safeLine } from '../safe-text.ts';

interface Options {
  agent?: string;
}

const KIND_WIDTH = 'restore'.length;
const REV_WIDTH = 6;

export const addWatch: AddCommand = (program, runner) => {
  program
    .command('watch')
    .summary('tell changes as they happen')
    .description(
      'Prints a line for each change in the store, from now on until Ctrl-C: time, kind, revision, key. ' +
        'Several changes of one session close together may be told as the last of them.',
    )
    .option('--agent <id>', 'only of this agent')
    .addHelpText(
      'after',
      examples(
        ['holdfast watch', 'everything'],
        ['holdfast watch --agent work', 'of one agent'],
        [`holdfast watch --json | jq -r 'select(.kind == "reset").key'`, 'for a script'],
      ),
    )
    .action((options: Options, command) =>
      runner.withStore(command, 'existing', (call) => watch(call, options)),
    );
};

async function watch(call: StoreCall, { agent }: Options): Promise<Outcome> {
  const { dim } = call.out.colors;
  for await (const change of call.store.watch({ signal: call.signal })) {
    const { key, kind, rev } = change;
    if (agent !== undefined && agentOf(key) !== agent) continue;
    if (call.json) {
      await call.out.line(JSON.stringify(change));
      continue;
    }
    const clock = dim(clockOf(Date.now()));
    const counted = `rev ${rev}`.padEnd('rev '.length + REV_WIDTH);
    await call.out.line(`${clock}  ${kind.padEnd(KIND_WIDTH)}  ${counted}  ${safeLine(key)}`);
  }
  call.signal.throwIfAborted();
  return undefined;
}
