import type { TranscriptRecord } from '../../model/state.ts';
import { type AddCommand, type Outcome, type StoreCall, wholeNumber } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { ConversationView } from '../conversation-view.ts';
import { examples } from '../examples.ts';
import { follow } from '../follow.ts';
import { resolveKey, resolveSessionId } from '../resolve-key.ts';

interface Options {
  lines: number;
  follow?: true;
  sessionId?: string;
  raw?: true;
}

export const addTail: AddCommand = (program, runner) => {
  program
    .command('tail')
    .summary('show the end of a conversation, or follow it')
    .description(
      'Shows the last records of a conversation: time, who, text; tool calls are folded to a line. ' +
        '--raw and --json print the records themselves, one JSON line each.',
    )
    .argument('<key>', 'the session key, or a part of it')
    .option('-n, --lines <n>', 'how many records', wholeNumber('-n', 0), 50)
    .option('-f, --follow', 'go on with what is appended, until Ctrl-C')
    .option('--session-id <id>', 'an archived conversation (or a part of its id)')
    .option('--raw', 'print the records as JSON lines')
    .addHelpText(
      'after',
      examples(
        ['holdfast tail c024', 'the last 50 records'],
        ['holdfast tail c024 -n 5 -f', 'the last five, and what follows'],
        ['holdfast tail c024 --session-id 0199c5', 'a former conversation'],
        ["holdfast tail c024 --raw | jq -r '.message.role'", 'for a script'],
      ),
    )
    .action((given: string, options: Options, command) =>
      runner.withStore(command, 'existing', (call) => tail(call, given, options)),
    );
};

async function tail(call: StoreCall, given: string, options: Options): Promise<Outcome> {
  if (options.follow === true && options.sessionId !== undefined) {
    throw new CommandError('USAGE', 'An archived conversation does not grow.', {
      remedy: 'Leave out -f or --session-id.',
    });
  }
  const key = await resolveKey(call.store, given, 'look');
  const raw = call.json || options.raw === true;
  const view = raw ? undefined : new ConversationView(call.out);
  const show = async (record: TranscriptRecord) => {
    if (view === undefined) await call.out.line(JSON.stringify(record));
    else await view.record(record);
  };
  if (options.follow === true) {
    for await (const news of follow(call.store, key, {
      last: options.lines,
      signal: call.signal,
    })) {
      if ('record' in news) await show(news.record);
      else if (news.ended === 'removed') await view?.remark('(the session was removed)');
      else await view?.remark(`(now in conversation ${news.sessionId})`);
    }
    call.signal.throwIfAborted();
    return undefined;
  }
  const range = { last: options.lines, ...(await conversationOf(call, key, options)) };
  for await (const record of call.store.session(key).transcript(range)) await show(record);
  return undefined;
}

async function conversationOf(
  call: StoreCall,
  key: string,
  { sessionId }: Options,
): Promise<{ sessionId?: string }> {
  if (sessionId === undefined) return {};
  const session = call.store.session(key);
  const archived = (await session.archives()).map((archive) => archive.sessionId);
  const active = (await session.read())?.sessionId;
  const ids = active === undefined ? archived : [active, ...archived];
  return { sessionId: resolveSessionId(sessionId, ids, key) };
}
