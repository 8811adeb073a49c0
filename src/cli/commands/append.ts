import { text } from 'node:stream/consumers';
import type { NewRecord } from '../../model/state.ts';
import type { AddCommand } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { examples } from '../examples.ts';
import { resolveKey, storeUseFor } from '../resolve-key.ts';
import { safeLine } from '../safe-text.ts';
import type { Shell } from '../shell.ts';
import { textRecord } from '../text-record.ts';

interface Options {
  id?: string;
  role?: string;
  text?: string;
}

export const addAppend: AddCommand = (program, runner) => {
  program
    .command('append')
    .summary('append a record to a transcript')
    .description(
      'Appends one record to the transcript of a session: JSON with a type, from the argument or from ' +
        'standard input, or a message made of --role and --text. With --id it is appended once only, ' +
        'however often the command runs. A session that does not exist is created (whole key needed).',
    )
    .argument('<key>', 'the session key, or a part of it')
    .argument('[record]', 'the record as JSON; left out: standard input')
    .option('--id <id>', 'the id of the record: a repeated id appends nothing')
    .option('--role <role>', 'user or assistant, together with --text')
    .option('--text <text>', 'what was said')
    .addHelpText(
      'after',
      examples(
        ['holdfast append c024 --role user --text "hello"', 'a message'],
        [`holdfast append c024 '{"type":"custom","customType":"note"}'`, 'any record'],
        ['holdfast append c024 --id delivery-17 < record.json', 'exactly once'],
      ),
    )
    .action(async (given: string, json: string | undefined, options: Options, command) => {
      // Read first: a store that has to be made is made for a record, not for a mistake.
      const record = await recordOf(runner.shell, json, options);
      await runner.withStore(command, storeUseFor(given), async (call) => {
        const session = call.store.session(await resolveKey(call.store, given, 'create'));
        const { id } = options;
        const ask = { signal: call.signal, ...(id === undefined ? {} : { id }) };
        const stored = await session.append(record, ask);
        if (call.json) await call.out.document(stored);
        else if (call.verbose) await call.out.line(`${safeLine(session.key)}  record ${stored.id}`);
        return undefined;
      });
    });
};

async function recordOf(
  shell: Shell,
  json: string | undefined,
  { role, text: said }: Options,
): Promise<NewRecord> {
  if (role === undefined && said === undefined) return parsed(json ?? (await standardInput(shell)));
  if (json !== undefined || role === undefined || said === undefined) {
    throw new CommandError('USAGE', '--role and --text belong together, without a record.', {
      remedy: 'For example: holdfast append c024 --role user --text "hello"',
    });
  }
  return textRecord(role, said, Date.now());
}

async function standardInput({ stdin }: Shell): Promise<string> {
  if (stdin.isTTY === true) {
    throw new CommandError('USAGE', 'There is no record to append.', {
      remedy: 'Give it as JSON, on standard input, or with --role and --text.',
    });
  }
  return await text(stdin);
}

/** Whether it is a record is checked by the store; here it must be one JSON value. */
function parsed(json: string): NewRecord {
  try {
    return JSON.parse(json) as NewRecord;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError('USAGE', `The record is not one JSON value: ${error.message}`, {
      remedy: 'Give one object with a type, such as {"type":"custom","customType":"note"}.',
    });
  }
}
