import { setTimeout } from 'node:timers/promises';
import { openStore } from '../../open-store.ts';
import { type AddCommand, type Call, type Outcome, wholeNumber } from '../call.ts';
import { examples } from '../examples.ts';
import { findStore } from '../find-store.ts';

interface Options {
  openclaw?: string;
  every?: number;
  once?: true;
}

/** Keeps the process alive; what is waited for is the signal. */
const A_DAY_MS = 86_400_000;

export const addMirror: AddCommand = (program, runner) => {
  program
    .command('mirror')
    .summary('keep sessions.json current for OpenClaw tools')
    .description(
      "Writes agents/<agent>/sessions/sessions.json as OpenClaw writes it, from now on until Ctrl-C, for tools that read it. What they change in it is taken over field by field. One process writes at a time: beside a gateway with a mirror of its own this one waits until that one ends. An OpenClaw state directory is taken over with 'holdfast adopt' first.",
    )
    .argument('[store]', 'the directory of the store; default: as for other commands')
    .option('--openclaw <version>', 'write as this version (default: 2026.7.1)')
    .option(
      '--every <ms>',
      'collect changes for so long (default: 5000)',
      wholeNumber('--every', 10),
    )
    .option('--once', 'write what is due and end')
    .addHelpText(
      'after',
      examples(
        ['holdfast mirror ~/.openclaw', 'until Ctrl-C'],
        ['holdfast mirror --once', 'for a script that reads the file afterwards'],
        ['holdfast mirror --openclaw 2026.4.26', 'for tools of an older version'],
      ),
    )
    .action((store: string | undefined, options: Options, command) =>
      runner.run(command, (call) =>
        mirror(call, store ?? command.optsWithGlobals().store, options),
      ),
    );
};

async function mirror(
  call: Call,
  option: string | undefined,
  { openclaw, every, once }: Options,
): Promise<Outcome> {
  const { env, cwd } = call.shell;
  const location = findStore({ option, env, cwd, use: 'existing' });
  const store = await openStore(location, {
    migrate: false,
    onWarning: call.warn,
    mirror: {
      ...(openclaw !== undefined && { version: openclaw }),
      ...(every !== undefined && { debounceMs: every }),
    },
  });
  try {
    if (once) return undefined;
    call.note(`The mirror of ${store.location} is kept current until Ctrl-C.`);
    while (!call.signal.aborted) await waited(A_DAY_MS, call.signal);
  } finally {
    await store.close();
  }
  call.signal.throwIfAborted();
  return undefined;
}

async function waited(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
