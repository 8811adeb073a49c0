/** What lies in a state directory above the sessions: agents, settings, directories of other times. */
import { join } from 'node:path';
import { isPlainObject } from '../../model/plain-object.ts';
import { shown } from '../../model/text.ts';
import { directoryKind, namesIn, readOwnFile } from '../own-file.ts';
import type { AgentSessions } from '../state-dir.ts';
import type { Examination } from './examination.ts';
import { permissionFinding } from './permission-findings.ts';

/** The form of an agent's name, which is also the name of its directory. */
const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** Directories that Holdfast makes for agents with names of another form. */
const OWN_FOLDER = /^[a-z0-9-]{1,40}~[0-9a-f]{32}$/;
const CONFIG_BYTES_MAX = 16_777_216;
/** Where versions of OpenClaw put a state directory when they are told that this one is the home. */
const NESTED = ['.openclaw', '.clawdbot', '.moltbot', '.moldbot'];

export async function agentsSeen(examination: Examination): Promise<AgentSessions[]> {
  const { findings, root, system } = examination;
  const agents = join(root, 'agents');
  const kind = await directoryKind(system.fs, agents);
  if (kind !== 'directory') {
    const reason = kind === 'missing' ? 'it is not there' : `it is ${kind}; it is not opened`;
    const remedy = 'Give the state directory itself, such as ~/.openclaw.';
    findings.add(kind === 'missing' ? 'NO_STATE_DIR' : 'AGENT_UNUSABLE', {
      ...{ path: 'agents', reason, remedy },
    });
    return [];
  }
  await permissionAt(examination, agents, 'agents');
  const list = await namesIn(system.fs, agents);
  if ('reason' in list) {
    const remedy = 'Run this as the user that runs the gateway.';
    findings.add('DIRECTORY_UNREADABLE', { path: 'agents', reason: list.reason, remedy });
    return [];
  }
  const found: AgentSessions[] = [];
  for (const name of list.names) {
    const agent = await agentSeen(examination, name);
    if (agent !== undefined) found.push(agent);
  }
  return found;
}

async function agentSeen(
  examination: Examination,
  name: string,
): Promise<AgentSessions | undefined> {
  const { findings, root, system } = examination;
  const home = join(root, 'agents', name);
  if (OWN_FOLDER.test(name)) return undefined;
  const remedy = 'Nothing in it is read. Remove it if it does not belong there.';
  const homeKind = await directoryKind(system.fs, home);
  if (homeKind !== 'directory' || !AGENT_ID.test(name)) {
    const reason =
      homeKind === 'directory'
        ? 'its name is not one that OpenClaw gives to an agent'
        : `it is ${homeKind}`;
    findings.add('AGENT_UNUSABLE', { path: `agents/${name}`, reason, remedy });
    return undefined;
  }
  const path = `agents/${name}/sessions`;
  const directory = join(home, 'sessions');
  const kind = await directoryKind(system.fs, directory);
  if (kind === 'missing') return undefined;
  if (kind !== 'directory') {
    findings.add('AGENT_UNUSABLE', { path, reason: `it is ${kind}`, remedy });
    return undefined;
  }
  await permissionAt(examination, home, `agents/${name}`);
  await permissionAt(examination, directory, path);
  const databaseFolder = join(home, 'agent');
  return { agentId: name, path, directory, hasFiles: true, databaseFolder };
}

/** What concerns the directory as a whole; what the settings name the main session. */
export async function rootFindings(examination: Examination): Promise<{ mainKey: string }> {
  const { findings, root, system } = examination;
  if ((await directoryKind(system.fs, join(root, 'sessions'))) === 'directory') {
    findings.add('LEGACY_SESSIONS', {
      path: 'sessions',
      reason: 'a directory from before there were agents; Holdfast does not read it',
      remedy: "OpenClaw's own doctor moves what is in it to its agents.",
    });
  }
  for (const name of NESTED) {
    const agents = join(root, name, 'agents');
    if ((await directoryKind(system.fs, join(root, name))) !== 'directory') continue;
    if ((await directoryKind(system.fs, agents)) !== 'directory') continue;
    findings.add('NESTED_STATE_DIR', {
      path: name,
      reason: 'it holds agents of its own, as when OPENCLAW_HOME was set to the state directory',
      remedy: 'Find out which of the two the gateway uses, and examine that one.',
    });
  }
  return { mainKey: (await configFindings(examination)) ?? 'main' };
}

/** Settings that put sessions somewhere else; the name of the main session where they give one. */
async function configFindings(examination: Examination): Promise<string | undefined> {
  const { findings, root, system } = examination;
  const path = 'openclaw.json';
  const read = await readOwnFile(system.fs, join(root, path), { bytesMax: CONFIG_BYTES_MAX });
  if ('missing' in read) return undefined;
  await permissionAt(examination, join(root, path), path);
  const remedy = 'Look into it for `session.store`; only the usual places are read.';
  if ('reason' in read) {
    findings.add('CONFIG_UNREADABLE', { path, reason: read.reason, remedy });
    return undefined;
  }
  let config: unknown;
  try {
    config = JSON.parse(read.bytes.toString('utf8'));
  } catch {
    const reason = 'it is no plain JSON; with comments in it only OpenClaw reads it';
    findings.add('CONFIG_UNREADABLE', { path, reason, remedy });
    return undefined;
  }
  const session = isPlainObject(config) ? config.session : undefined;
  const { store, mainKey } = isPlainObject(session) ? session : {};
  if (store !== undefined) {
    findings.add('STORE_ELSEWHERE', {
      path,
      reason: `session.store is ${shown(store, 200)}; only the usual places were looked at`,
      remedy: 'Move the sessions to the usual place before you adopt the directory.',
    });
  }
  return typeof mainKey === 'string' && mainKey.trim() !== '' ? mainKey.trim() : undefined;
}

async function permissionAt(examination: Examination, place: string, path: string): Promise<void> {
  try {
    permissionFinding(examination, path, await examination.system.fs.lstat(place));
  } catch {
    // It went away, or can not be looked at, which the step tells that reads it.
    return;
  }
}
