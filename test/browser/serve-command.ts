/** `holdfast serve` as a process of its own. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Serves a store until the test has ended. @returns the link */
export async function serveCommand(directory: string): Promise<string> {
  const args = [COMMAND, 'serve', directory, '--port', '0', '--write', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  for await (const line of createInterface(child.stdout)) {
    return (JSON.parse(line) as { url: string }).url;
  }
  throw new Error('holdfast serve ended without a link');
}
