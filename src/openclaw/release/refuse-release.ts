import { join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { shown } from '../../model/text.ts';
import type { System } from '../../system/system.ts';
import { findLiveGateway } from '../live-gateway.ts';
import { directoryKind, namesIn, readOwnFile } from '../own-file.ts';
import type { ReleaseAsk, ReleaseWorld } from './release-into.ts';
import type { ReleaseState } from './release-state.ts';
import { storeInUse } from './store-in-use.ts';

/** Everything that can be seen to speak against it, before anything is changed. */
export async function refuse(
  { system, neighbours, root }: ReleaseWorld,
  { dialect }: ReleaseAsk,
  begun: ReleaseState | undefined,
): Promise<void> {
  if (begun !== undefined && begun.openclaw !== dialect.name) {
    throw new HoldfastError(
      'INVALID_ENTRY',
      `A release of ${root} for OpenClaw ${shown(begun.openclaw)} is half done. Run it again for that version; nothing was changed now.`,
    );
  }
  if (begun === undefined && !(await isStore(system, root))) {
    throw new HoldfastError(
      'IO_FAILED',
      `${root} is no store of Holdfast: there is nothing to release.`,
    );
  }
  const live = await findLiveGateway(system.fs, neighbours, root);
  if (live !== undefined) {
    throw new HoldfastError(
      'SESSION_BUSY',
      `A gateway of OpenClaw is at work in ${root}: ${live.reason}. Stop it first; nothing was changed.`,
    );
  }
  await refuseInUse(system, root);
}

export async function refuseInUse(system: System, root: string): Promise<void> {
  const held = await storeInUse(system, root);
  if (held === undefined) return;
  throw new HoldfastError(
    'SESSION_BUSY',
    `Another process has the store at ${root} open and writes to it: it holds ${held}. Stop it first.`,
  );
}

async function isStore({ fs }: System, root: string): Promise<boolean> {
  const mark = await readOwnFile(fs, join(root, 'holdfast.json'), { headBytes: 0 });
  if (!('missing' in mark)) return true;
  const agents = await namesIn(fs, join(root, 'agents'));
  for (const agent of 'names' in agents ? agents.names : []) {
    const sessions = join(root, 'agents', agent, 'sessions', 'sessions.d');
    if ((await directoryKind(fs, sessions)) === 'directory') return true;
  }
  return false;
}
