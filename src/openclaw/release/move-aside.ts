import { join } from 'node:path';
import type { System } from '../../system/system.ts';
import { directoryKind, namesIn } from '../own-file.ts';
import { makeDirectories, move } from './names-on-disk.ts';
import { failed, unsafe } from './release-failure.ts';

/** What is the store's own beside the files of OpenClaw. */
const OWN = ['sessions.d', 'blobs', 'changes', 'removed'];
const MADE = /^[a-z0-9-]{1,40}~[0-9a-f]{32}$/;
const PROBE = /^probe-[0-9a-f]{32}\.lock$/;
const MARK = 'holdfast.json';

/** Moves the store's own files below `aside`, one rename each; what was moved already stays there. */
export async function moveAside(system: System, root: string, aside: string): Promise<void> {
  await makeDirectories(system, root, aside);
  if ((await kindAt(system, join(root, 'agents'))) !== 'missing') {
    const agents = await namesIn(system.fs, join(root, 'agents'));
    if ('reason' in agents) throw unsafe(join(root, 'agents'), agents.reason);
    for (const agent of agents.names) await moveAgent(system, root, aside, agent);
  }
  const names = await namesIn(system.fs, root);
  for (const name of 'names' in names ? names.names : []) {
    // What an opening that died has left.
    if (PROBE.test(name)) await move(system, join(root, name), join(root, aside, name));
  }
  // The mark is the last: until it is gone, opening the directory as a store finds the store's format.
  if ((await kindAt(system, join(root, MARK))) !== 'missing') {
    await move(system, join(root, MARK), join(root, aside, MARK));
  }
}

async function moveAgent(system: System, root: string, aside: string, agent: string) {
  const home = join(root, 'agents', agent);
  const sessions = join(home, 'sessions');
  if ((await kindAt(system, home)) !== 'directory') return;
  const kind = await kindAt(system, sessions);
  for (const name of kind === 'directory' ? OWN : []) {
    if ((await kindAt(system, join(sessions, name))) !== 'directory') continue;
    const to = await makeDirectories(system, root, `${aside}/agents/${agent}/sessions`);
    await move(system, join(sessions, name), await freeName(system, join(to, name)));
  }
  // The store has made these, for an agent whose name OpenClaw would not give.
  if (!MADE.test(agent)) return;
  if (kind === 'missing' || (await removeEmpty(system, sessions))) await removeEmpty(system, home);
}

/** A process that had the store open may have made it anew after it was moved. */
async function freeName(system: System, path: string): Promise<string> {
  let free = path;
  for (let n = 2; (await kindAt(system, free)) !== 'missing'; n += 1) free = `${path}.${n}`;
  return free;
}

function kindAt({ fs }: System, path: string) {
  return directoryKind(fs, path);
}

/** `false`: somebody has put something into it. */
async function removeEmpty({ fs }: System, path: string): Promise<boolean> {
  try {
    await fs.rmdir(path);
    return true;
  } catch (cause) {
    const code = String((cause as { code?: unknown }).code);
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw failed(`remove ${path}`, cause);
  }
}
