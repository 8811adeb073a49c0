import type { Readable } from 'node:stream';
import type { Sink } from './output.ts';

/** What the process around a command hands it; tests hand in their own. */
export interface Shell {
  readonly stdin: Readable & {
    readonly isTTY?: boolean | undefined;
    /** Hands over each key as it is pressed; only a terminal has it. */
    setRawMode?(raw: boolean): unknown;
  };
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Aborted when the command is told to stop (Ctrl-C). */
  readonly signal: AbortSignal;
}
