import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** Another process of Node, as a mount is looked at with its eyes. */
export interface NodeProcess {
  /** The next line that it prints; rejects when it ends without another one. */
  line(): Promise<string>;
  /** Ends it as `kill -9` does. Resolves once it is gone. */
  kill(): Promise<void>;
}

export interface NodeProcesses {
  /**
   * Runs the text of a small CommonJS program. `process.argv[1]` is the path of the lock addon, the
   * words follow. `directory`: where it stands. Ended after `limitMs`, whatever it does.
   */
  start(program: string, words: readonly string[], how: ProcessOptions): NodeProcess;
}

export interface ProcessOptions {
  directory: string;
  limitMs: number;
}

export const realNodeProcesses: NodeProcesses = {
  start(program, words, { directory, limitMs }) {
    const addon = createRequire(import.meta.url).resolve('fs-native-extensions');
    const child = spawn(process.execPath, ['-e', program, addon, ...words], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    const lines: string[] = [];
    let rest = '';
    let complaint = '';
    let over = false;
    let tell: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      const end = () => {
        over = true;
        tell();
        resolve();
      };
      child.on('close', end);
      child.on('error', (cause) => {
        complaint += cause.message;
        end();
      });
    });
    child.stderr.on('data', (text) => {
      complaint += text;
    });
    child.stdout.on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() as string;
      lines.push(...parts);
      tell();
    });
    return {
      async line() {
        while (lines.length === 0) {
          if (over) throw new TypeError(`a second process of Node ended: ${complaint.trim()}`);
          await new Promise<void>((resolve) => {
            tell = resolve;
          });
        }
        return lines.shift() as string;
      },
      async kill() {
        child.kill('SIGKILL');
        await ended;
      },
    };
  },
};
