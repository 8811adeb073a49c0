#!/usr/bin/env node
import { run } from './run.ts';

/** Milliseconds in which a command that was told to stop may end by itself and close its store. */
const STOP_MS = 1_000;

const stop = new AbortController();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  // Once only: a second Ctrl-C ends the process at once. The disk is never left in a state that an
  // end without notice could not leave as well, so nothing needs to be waited for much longer.
  process.once(signal, () => {
    stop.abort(signal);
    setTimeout(() => process.exit(code), STOP_MS).unref();
  });
}
// Nobody is left who could be told that standard error is closed.
process.stderr.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
});
