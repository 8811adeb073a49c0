/**
 * `sessions.json.lock`, under which versions up to 2026.4 write: made exclusively, removed
 * afterwards. Those versions take one away that is older than 30 seconds, whoever holds it; here it
 * is held for the moment of a rename.
 */
import { OPEN } from '../../system/file-system.ts';
import type { Processes } from '../../system/processes.ts';
import type { System } from '../../system/system.ts';
import { pause } from '../../system/timers.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { mayBeOpenClaw, pidIn } from '../live-gateway.ts';
import { readOwnFile } from '../own-file.ts';
import { factsAt, identityOf, removeIfThere, sameFile } from './file-facts.ts';

/** As that program has them. */
const STALE_MS = 30_000;
const PAUSE_MS = 50;
const PAUSE_MS_MAX = 1_000;
/** Longer than it holds the lock for a change; the next look comes soon, and tries again. */
const WAIT_MS_MAX = 2_000;
const BYTES_MAX = 4_096;

/** Runs `work` under the lock of the list. `false`, and nothing done, when somebody holds it. */
export async function underListLock(
  system: System,
  processes: Processes,
  list: string,
  lockTime: NonNullable<Dialect['lockTime']>,
  work: () => Promise<void>,
): Promise<boolean> {
  const path = `${list}.lock`;
  const { fs, clock, timers } = system;
  const deadline = clock.elapsed() + WAIT_MS_MAX;
  for (let tries = 1; ; tries += 1) {
    const ino = await create(system, path, lockTime);
    if (ino !== undefined) {
      try {
        await work();
      } finally {
        // One that was taken away from us, and made anew, is another program's.
        if ((await factsAt(fs, path))?.ino === ino) await removeIfThere(fs, path);
      }
      return true;
    }
    await removeStale(system, processes, path);
    if (clock.elapsed() >= deadline) return false;
    await pause(timers, Math.min(PAUSE_MS_MAX, PAUSE_MS * tries));
  }
}

async function create(
  { fs, clock, machine }: System,
  path: string,
  lockTime: NonNullable<Dialect['lockTime']>,
): Promise<number | undefined> {
  let fd: number;
  try {
    fd = await fs.open(path, OPEN.createNew, 0o600);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'EEXIST') return undefined;
    throw cause;
  }
  try {
    const now = clock.now();
    const at = lockTime === 'startedAt' ? now : new Date(now).toISOString();
    await writeBytes(fs, fd, JSON.stringify({ pid: machine.pid, [lockTime]: at }));
    return (await fs.fstat(fd)).ino;
  } finally {
    await fs.close(fd);
  }
}

/** A lock whose process is gone or another one, or that is as old as nobody respects it any more. */
async function removeStale(
  { fs, clock }: System,
  processes: Processes,
  path: string,
): Promise<void> {
  const before = await factsAt(fs, path);
  if (before === undefined || !before.isFile()) return;
  const old = clock.now() - before.mtimeMs > STALE_MS;
  const read = await readOwnFile(fs, path, { bytesMax: BYTES_MAX });
  const pid = 'bytes' in read ? pidIn(read.bytes) : undefined;
  // Without a process in it, it may be one that is being written at this moment.
  const gone = pid !== undefined && !(processes.isAlive(pid) && mayBeHolder(processes, pid));
  if (!old && !gone) return;
  const now = await factsAt(fs, path);
  if (now === undefined || !sameFile(identityOf(before), identityOf(now))) return;
  await removeIfThere(fs, path);
}

/** A store of ours holds it, too: in a process whose name says nothing. */
function mayBeHolder(processes: Processes, pid: number): boolean {
  const words = processes.commandLine(pid);
  return mayBeOpenClaw(processes, pid) || /node|holdfast/.test(words?.join(' ') ?? '');
}
