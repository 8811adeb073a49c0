import type { Shell } from './shell.ts';

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const CTRL_C = '\x03';

/**
 * A screen of its own on a terminal: what stood there before comes back when it is left. `q` and
 * Ctrl-C, which a terminal then hands over as a key, abort `left`.
 */
export class LiveScreen {
  readonly #shell: Shell;
  readonly #left = new AbortController();
  readonly #onKey = (keys: Buffer | string) => {
    const pressed = String(keys);
    if (pressed.includes('q') || pressed.includes(CTRL_C)) this.#left.abort();
  };

  constructor(shell: Shell) {
    this.#shell = shell;
    shell.stdout.write(ENTER);
    if (shell.stdin.isTTY !== true) return;
    shell.stdin.setRawMode?.(true);
    shell.stdin.on('data', this.#onKey);
  }

  get left(): AbortSignal {
    return this.#left.signal;
  }

  /** Shows lines from the top on, as many as fit, over what was shown before. */
  show(lines: readonly string[]): void {
    const { rows = 24 } = this.#shell.stdout;
    const shown = lines.slice(0, rows).map((line) => `${line}\x1b[K`);
    this.#shell.stdout.write(`\x1b[H${shown.join('\r\n')}\x1b[J`);
  }

  leave(): void {
    const { stdin, stdout } = this.#shell;
    stdout.write(LEAVE);
    if (stdin.isTTY !== true) return;
    stdin.off('data', this.#onKey);
    stdin.setRawMode?.(false);
    // A terminal that is still read would keep the process alive.
    stdin.pause();
  }
}
