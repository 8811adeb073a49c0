import { join } from 'node:path';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { directoryKind, namesIn } from '../own-file.ts';

/**
 * The lock, relative to the state directory, of a process that has the store open and has changed
 * something; `undefined` when there is none. Whoever has only read it is not seen: the manual says
 * to stop the gateway first.
 */
export async function storeInUse(system: System, root: string): Promise<string | undefined> {
  const { fs } = system;
  const agents = join(root, 'agents');
  const list = await namesIn(fs, agents);
  for (const agent of 'names' in list ? list.names : []) {
    const path = `agents/${agent}/sessions/changes`;
    if (!(await isPlainWay(system, agents, agent))) continue;
    const names = await namesIn(fs, join(root, path));
    for (const name of 'names' in names ? names.names : []) {
      if (!/^\d{1,5}\.lock$/.test(name)) continue;
      if (isHeld(system, join(root, path, name))) return `${path}/${name}`;
    }
  }
  return undefined;
}

async function isPlainWay({ fs }: System, agents: string, agent: string): Promise<boolean> {
  let path = agents;
  for (const name of ['', agent, 'sessions', 'changes']) {
    path = join(path, name);
    if ((await directoryKind(fs, path)) !== 'directory') return false;
  }
  return true;
}

function isHeld({ fs, lock }: System, path: string): boolean {
  let fd: number;
  try {
    fd = fs.openSync(path, OPEN.lockExisting, 0);
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    // Gone meanwhile, or a link that was put there: no lock of a store.
    if (code === 'ENOENT' || code === 'ELOOP') return false;
    throw cause;
  }
  try {
    return !lock.tryLock(fd);
  } finally {
    fs.closeSync(fd);
  }
}
