import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../frame/needs.ts';

const SOURCE = fileURLToPath(new URL('shim.c', import.meta.url));

/** The compiled shim, in a directory of its own; `remove` it after the proof. */
export interface BuiltShim {
  readonly path: string;
  readonly directory: string;
  /** The environment of a process whose calls below `root` go through the shim. */
  environment(root: string, first?: string): Record<string, string>;
  remove(): void;
}

/** Compiles the shim for this machine. */
export function buildShim(): BuiltShim {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-shim-'));
  const path = join(directory, 'shim.so');
  const words = ['-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  runProgram('gcc', [...words, '-o', path, SOURCE, '-ldl', '-lpthread']);
  let processes = 0;
  return {
    path,
    directory,
    environment(root, first) {
      processes += 1;
      return {
        LD_PRELOAD: path,
        SHIM_ROOT: root,
        SHIM_COUNTS: join(directory, `counts-${processes}`),
        ...(first !== undefined && { SHIM_ARM: first }),
        // Calls that are made by a ring of the kernel's pass no library.
        UV_USE_IO_URING: '0',
      };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
