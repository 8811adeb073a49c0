/** The sessions of any store as a state directory of OpenClaw, in an empty directory. */
import { join } from 'node:path';
import type { Backend } from '../../contract/backend.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { System } from '../../system/system.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { planReturn } from './agent-return.ts';
import { NO_FORMER_LIST } from './former-list.ts';
import { keysOfAgents } from './keys-of-agents.ts';
import { move, syncTree } from './names-on-disk.ts';
import { failed } from './release-failure.ts';
import { type ReleaseProgress, type ReleaseReport, sumsOf } from './release-report.ts';
import type { Told } from './told.ts';
import { countAgent, writeAgent } from './write-agent.ts';

const LIST = 'sessions.json';
/** Until everything is there, so that an export which did not come to an end is not taken for one. */
const UNFINISHED = 'sessions.json.unfinished';

export interface ExportAsk {
  dialect: Dialect;
  /** What the back end tells while it is read. */
  told: Told;
  onProgress(progress: ReleaseProgress): void;
}

/** `directory`: made when it is missing; `INVALID_ENTRY` when something is in it. */
export async function exportInto(
  system: System,
  backend: Backend,
  directory: string,
  ask: ExportAsk,
): Promise<ReleaseReport> {
  const root = emptyDirectory(system, directory);
  try {
    return await exportAll(system, backend, root, ask);
  } catch (cause) {
    throw failed(`export to ${root}`, cause);
  }
}

async function exportAll(
  system: System,
  backend: Backend,
  root: string,
  { dialect, told, onProgress }: ExportAsk,
): Promise<ReleaseReport> {
  const inside = { ...system, fs: system.confine?.(system.fs, root) ?? system.fs };
  const { keys, leftOut, count } = await keysOfAgents(backend);
  const target = { system: inside, out: root, root, listName: UNFINISHED, dialect };
  let done = 0;
  const onSession = () => onProgress({ sessions: ++done, of: count * 2 });
  const inPlace = () => Promise.resolve(undefined);
  const stores = [];
  for (const [agentId, known] of keys) {
    const plan = await planReturn({ backend, inPlace, onSession }, agentId, known, NO_FORMER_LIST);
    await writeAgent(backend, plan, target, onSession);
    stores.push(countAgent(plan));
  }
  await syncTree(inside, root);
  for (const { agentId } of stores) {
    const sessions = join(root, 'agents', agentId, 'sessions');
    await move(inside, join(sessions, UNFINISHED), join(sessions, LIST));
  }
  return {
    openclaw: dialect.name,
    directory: root,
    done: true,
    ...sumsOf(stores),
    leftOut: [...leftOut, ...told.leftOut],
    notices: told.notices,
    stores,
  };
}

/** The real path of an empty directory of one user. */
function emptyDirectory({ fs }: System, directory: string): string {
  try {
    fs.mkdirSync(directory, 0o700);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'EEXIST') throw failed(`make ${directory}`, cause);
  }
  let names: string[];
  let root: string;
  try {
    root = fs.realpathSync(directory);
    names = fs.readdirSync(root);
    if (names.length === 0) fs.chmodSync(root, 0o700);
  } catch (cause) {
    throw failed(`use ${directory}`, cause);
  }
  if (names.length === 0) return root;
  throw new HoldfastError(
    'INVALID_ENTRY',
    `${directory} is not empty. Give an empty directory, or one that is not there yet.`,
  );
}
