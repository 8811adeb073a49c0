/** What an OpenClaw state directory holds, looked at without changing anything. */
import { join } from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import { isPlainObject } from '../model/plain-object.ts';
import { shown } from '../model/text.ts';
import type { FileSystem } from '../system/file-system.ts';
import type { Notice } from './adopt-report.ts';
import { directoryKind, namesIn, readOwnFile } from './own-file.ts';
import { DATABASE_NAME } from './sqlite-era.ts';

/** The `sessions` directory of one agent. */
export interface AgentSessions {
  agentId: string;
  /** Relative to the state directory, with slashes. */
  path: string;
  directory: string;
  /** Whether there is such a directory: with a database, OpenClaw needs none. */
  hasFiles: boolean;
  /** Where its database lies, if it has one. */
  databaseFolder: string;
}

export interface StateDir {
  /** The real path: the directory itself may be reached through a link. */
  root: string;
  agents: AgentSessions[];
  /** What the settings name the main session of each agent. */
  mainKey: string;
  notices: Notice[];
}

/** The form of an agent's name in OpenClaw, which is also the name of its directory. */
export const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Finds the agents of a state directory. `IO_FAILED` when there is no such directory. */
export async function surveyStateDir(fs: FileSystem, directory: string): Promise<StateDir> {
  const root = realDirectory(fs, directory);
  const { mainKey, notices } = await readSettings(fs, root);
  if ((await directoryKind(fs, join(root, 'sessions'))) === 'directory') {
    notices.push({
      path: 'sessions',
      reason: 'a directory from before there were agents; not read',
    });
  }
  const agents: AgentSessions[] = [];
  const kind = await directoryKind(fs, join(root, 'agents'));
  if (kind === 'missing') {
    notices.push({
      path: 'agents',
      reason: 'it is not there: this is no OpenClaw state directory',
    });
    return { root, agents, mainKey, notices };
  }
  const list = await namesIn(fs, join(root, 'agents'));
  if (kind !== 'directory' || 'reason' in list) {
    const why = 'reason' in list && kind === 'directory' ? list.reason : `it is ${kind}`;
    throw new HoldfastError('IO_FAILED', `${join(root, 'agents')} can not be adopted: ${why}.`);
  }
  for (const name of list.names) {
    const found = await agentSessions(fs, root, name);
    if ('directory' in found) {
      agents.push(found);
    } else if (found.reason !== undefined) {
      notices.push({ path: `agents/${name}`, reason: found.reason });
    }
  }
  return { root, agents, mainKey, notices };
}

function realDirectory(fs: FileSystem, directory: string): string {
  try {
    const root = fs.realpathSync(directory);
    if (fs.lstatSync(root).isDirectory()) return root;
  } catch (cause) {
    throw new HoldfastError(
      'IO_FAILED',
      `${directory} can not be adopted: ${(cause as Error).message}.`,
      { cause },
    );
  }
  throw new HoldfastError('IO_FAILED', `${directory} can not be adopted: it is no directory.`);
}

async function agentSessions(
  fs: FileSystem,
  root: string,
  name: string,
): Promise<AgentSessions | { reason?: string }> {
  const home = join(root, 'agents', name);
  const directory = join(home, 'sessions');
  const homeKind = await directoryKind(fs, home);
  if (homeKind !== 'directory') return { reason: `it is ${homeKind}; not opened` };
  const kind = await directoryKind(fs, directory);
  const databaseFolder = join(home, 'agent');
  const hasFiles = kind === 'directory';
  if (kind === 'missing' && !(await hasDatabase(fs, databaseFolder))) return {};
  if (kind !== 'missing' && !hasFiles) return { reason: `\`sessions\` is ${kind}; not opened` };
  if (AGENT_ID.test(name)) {
    return { agentId: name, path: `agents/${name}/sessions`, directory, hasFiles, databaseFolder };
  }
  // Holdfast makes such directories for agents with names of another form; they hold no sessions.json.
  const list = await readOwnFile(fs, join(directory, 'sessions.json'), { headBytes: 0 });
  return 'missing' in list ? {} : { reason: 'its name is not one that OpenClaw gives to an agent' };
}

async function hasDatabase(fs: FileSystem, folder: string): Promise<boolean> {
  if ((await directoryKind(fs, folder)) !== 'directory') return false;
  return (await directoryKind(fs, join(folder, DATABASE_NAME))) !== 'missing';
}

interface Settings {
  mainKey: string;
  /** Settings that put sessions somewhere else, which adoption does not follow. */
  notices: Notice[];
}

async function readSettings(fs: FileSystem, root: string): Promise<Settings> {
  const path = 'openclaw.json';
  const usual = { mainKey: 'main', notices: [] };
  const read = await readOwnFile(fs, join(root, path), { bytesMax: 16_777_216 });
  if ('missing' in read) return usual;
  if ('reason' in read)
    return { ...usual, notices: [{ path, reason: `not read: ${read.reason}` }] };
  let config: unknown;
  try {
    config = JSON.parse(read.bytes.toString('utf8'));
  } catch {
    const reason = 'it is no plain JSON, so settings of sessions in it, if any, were not seen';
    return { ...usual, notices: [{ path, reason }] };
  }
  const session = isPlainObject(config) ? config.session : undefined;
  if (!isPlainObject(session)) return usual;
  const { store, mainKey: named } = session;
  const mainKey = typeof named === 'string' && named.trim() !== '' ? named.trim() : 'main';
  if (store === undefined) return { mainKey, notices: [] };
  const reason = `session.store is ${shown(store)}; only the usual places are read`;
  return { mainKey, notices: [{ path, reason }] };
}
