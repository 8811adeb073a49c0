import { createInterface } from 'node:readline';
import type { Call } from './call.ts';

/** Whether somebody is there who can answer. */
export function canAsk({ shell: { stdin, stderr }, json }: Call): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !json;
}

/** Asks on standard error; anything but `y` or `yes` is no. */
export async function confirmed({ shell, signal }: Call, question: string): Promise<boolean> {
  shell.stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: shell.stdin, terminal: false, signal });
  try {
    for await (const answer of lines) return /^(y|yes)$/i.test(answer.trim());
  } finally {
    lines.close();
  }
  // No line came: the terminal was closed (Ctrl-D), or the command was told to stop.
  shell.stderr.write('\n');
  signal.throwIfAborted();
  return false;
}
