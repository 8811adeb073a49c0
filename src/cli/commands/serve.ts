import { openStore } from '../../open-store.ts';
import { type AddCommand, type Call, type Outcome, wholeNumber } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { examples } from '../examples.ts';
import { findStore } from '../find-store.ts';
import { isLoopback, listen, namesOf } from '../listen.ts';
import { openInBrowser } from '../opener.ts';
import { safeLine } from '../safe-text.ts';

interface Options {
  port?: number;
  host?: string;
  write?: true;
  open?: true;
}

const PORT = 4646;
const PORT_MAX = 65_535;
const HOST = '127.0.0.1';

export const addServe: AddCommand = (program, runner) => {
  program
    .command('serve')
    .summary('look at the store in a browser')
    .description(
      'Serves the inspector until Ctrl-C and prints its link: sessions, turns, transcripts and storage as they change. Who has the link sees everything in the store; it is new at every start. The page only looks, unless --write is given. Commit times and waiting turns are known to the process that runs them: a gateway mounts the inspector itself to show those.',
    )
    .argument('[store]', 'the store; default: as for other commands')
    .option('--port <number>', `0 for any that is free (default: ${PORT})`, portOf)
    .option('--host <name>', `address to listen at (default: ${HOST})`)
    .option('--write', 'let the page reset, restore, interrupt, edit, remove and repair')
    .option('--open', 'open the link in the browser')
    .addHelpText(
      'after',
      examples(
        ['holdfast serve', 'the store above this directory'],
        ['holdfast serve postgres://db/main --port 0', 'a fleet, at any port that is free'],
        ['holdfast serve --write --open', 'with actions, in the browser at once'],
      ),
    )
    .action((store: string | undefined, options: Options, command) =>
      runner.run(command, (call) => serve(call, store ?? command.optsWithGlobals().store, options)),
    );
};

async function serve(call: Call, option: string | undefined, options: Options): Promise<Outcome> {
  const { host = HOST, port = PORT, write = false } = options;
  const { env, cwd } = call.shell;
  const location = findStore({ option, env, cwd, use: 'existing' });
  const store = await openStore(location, { migrate: false, onWarning: call.warn });
  try {
    const { inspector } = await import('../../inspector/index.ts');
    const handler = inspector(store, { write, hosts: namesOf(host) });
    const listening = await listen(handler, { host, port });
    try {
      const link = `${listening.url}#token=${handler.token}`;
      if (!isLoopback(host)) warnOfNetwork(call, host);
      await tell(call, link, { location: store.location, write });
      if (options.open) {
        openInBrowser(link, (why) =>
          call.note(`The browser could not be opened: ${safeLine(why)}.`),
        );
      }
      await aborted(call.signal);
    } finally {
      // The streams first: a connection that is served does not end by itself.
      await handler.close();
      await listening.close();
    }
  } finally {
    await store.close();
  }
  call.signal.throwIfAborted();
  return undefined;
}

async function tell(
  { json, out, note }: Call,
  link: string,
  { location, write }: { location: string; write: boolean },
): Promise<void> {
  if (json) return await out.line(JSON.stringify({ url: link, location, write }));
  await out.line(link);
  note(`${safeLine(location)} is shown${write ? ', and may be changed,' : ''} there until Ctrl-C.`);
}

function warnOfNetwork({ warn }: Call, host: string): void {
  warn({
    code: 'NETWORK',
    message: `${host} is reached from other machines, and nothing is encrypted: who reads along has the token. Put a server with TLS in front of it.`,
  });
}

function portOf(text: string): number {
  const port = wholeNumber('--port', 0)(text);
  if (port <= PORT_MAX) return port;
  throw new CommandError('USAGE', `--port goes up to ${PORT_MAX}, not "${text}".`, {
    remedy: `For example: --port ${PORT}`,
  });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
