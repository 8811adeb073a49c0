import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const HELP = `npm start -- [--dir D] [--seconds N] [--store files|postgres]

  --dir D        put the store there; a new or an empty directory (default: a fresh one for temporary files)
  --seconds N    how long the processes run, 2 to 40 (default: 20)
  --store S      files (default), or postgres: on a server that npm brought, started for this run`;

/**
 * Reads the command line; ends the process when it asks for help or makes no sense.
 * @returns {{ directory: string, seconds: number, store: 'files' | 'postgres' }}
 */
export function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        dir: { type: 'string' },
        seconds: { type: 'string', default: '20' },
        store: { type: 'string', default: 'files' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) end(HELP, 0);
    const seconds = Number(values.seconds);
    if (!(seconds >= 2 && seconds <= 40)) end('--seconds takes a number from 2 to 40.', 2);
    const { store } = values;
    if (store !== 'files' && store !== 'postgres') end('--store takes files or postgres.', 2);
    return { directory: freshDirectory(values.dir), seconds, store };
  } catch (error) {
    return end(`${/** @type {Error} */ (error).message}\n\n${HELP}`, 2);
  }
}

/** @param {string | undefined} asked */
function freshDirectory(asked) {
  if (asked === undefined) return mkdtempSync(join(tmpdir(), 'holdfast-promise-'));
  const directory = resolve(asked);
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    end(`${directory} is not empty. Give a directory that is new or empty.`, 2);
  }
  return directory;
}

/**
 * @param {string} text
 * @param {number} code
 * @returns {never}
 */
function end(text, code) {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}
