import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from './command-error.ts';

/**
 * The location of the store that a command works on: `--store`, else `HOLDFAST_STORE`, else the
 * nearest directory from the current one upwards that is a store.
 *
 * @param use `create`: a path that was named need not be a store yet. `existing`: a path that is
 *   none is refused, because opening it would make one.
 */
export function findStore(ask: {
  option: string | undefined;
  env: NodeJS.ProcessEnv;
  cwd: string;
  use: 'existing' | 'create';
}): string {
  const named = ask.option ?? ask.env.HOLDFAST_STORE;
  if (named === undefined || named === '') {
    if (ask.option === '') throw new CommandError('USAGE', '--store is empty.', { remedy: WAYS });
    return nearestStore(ask.cwd);
  }
  if (isUrl(named)) return named;
  const path = /^file:/i.test(named) ? pathOfUrl(named) : resolve(ask.cwd, named);
  if (ask.use === 'existing' && !isStore(path)) throw noStoreAt(path);
  return path;
}

/** The directory that a command needs which has nothing to do with a server. */
export function directoryAt(given: string, cwd: string, command: string): string {
  if (isUrl(given)) {
    throw new CommandError('USAGE', `${command} needs a directory, not a URL.`, {
      remedy: `See \`holdfast ${command} --help\`.`,
    });
  }
  return /^file:/i.test(given) ? pathOfUrl(given) : resolve(cwd, given);
}

const WAYS =
  'Name it with --store <path or URL>, or set HOLDFAST_STORE, or run this inside a store.';

/** `memory:`, `postgres://...` and the like; `file:` and a drive letter (`C:\state`) name a path. */
function isUrl(text: string): boolean {
  if (/^file:/i.test(text)) return false;
  return /^(memory:|postgres(ql)?:|[a-z][a-z0-9+.-]+:\/\/)/i.test(text);
}

function pathOfUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new CommandError('USAGE', `"${url}" names no directory: ${(error as Error).message}.`, {
      remedy: 'Give the path of the store.',
    });
  }
}

/** Whether a directory has the store's mark, or sessions that a store keeps. */
function isStore(path: string): boolean {
  if (existsSync(join(path, 'holdfast.json'))) return true;
  return agentsOf(path).some((agent) => existsSync(join(agent, 'sessions', 'sessions.d')));
}

/** Whether a directory holds what `holdfast adopt` takes over. */
function isStateDirectory(path: string): boolean {
  return agentsOf(path).some((agent) => existsSync(join(agent, 'sessions', 'sessions.json')));
}

function agentsOf(path: string): string[] {
  const agents = join(path, 'agents');
  try {
    return readdirSync(agents, { withFileTypes: true })
      .filter((child) => child.isDirectory())
      .map((child) => join(agents, child.name));
  } catch (error) {
    // What can not be looked into is no store that could be opened; opening would say the same.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM') return [];
    throw error;
  }
}

function nearestStore(cwd: string): string {
  for (let path = resolve(cwd); ; path = dirname(path)) {
    if (isStore(path)) return path;
    if (dirname(path) === path) {
      throw new CommandError(
        'NO_STORE',
        `No store was named, and none lies in ${cwd} or above it.`,
        {
          remedy: WAYS,
        },
      );
    }
  }
}

function noStoreAt(path: string): CommandError {
  if (!existsSync(path)) {
    return new CommandError('NO_STORE', `There is no store at ${path}: no such directory.`, {
      remedy: WAYS,
    });
  }
  if (isStateDirectory(path)) {
    return new CommandError(
      'NO_STORE',
      `${path} is an OpenClaw state directory, not a store yet.`,
      {
        remedy: `Run \`holdfast adopt ${path}\` first; it moves and deletes nothing.`,
      },
    );
  }
  return new CommandError('NO_STORE', `${path} is no store, and this command does not make one.`, {
    remedy: `${WAYS} \`holdfast set\` and \`holdfast append\` make a store at the path they are given.`,
  });
}
