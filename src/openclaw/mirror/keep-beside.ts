/**
 * What another program had in the mirror and the store did not take over, kept beside it as
 * `sessions.json.conflict.<time>.json`: a name that OpenClaw takes for nothing of its own.
 */
import { join } from 'node:path';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import { namesIn } from '../own-file.ts';
import { removeIfThere } from './file-facts.ts';

const NAME = /^sessions\.json\.conflict\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z(-\d+)?\.json$/;
/** Fewer: an older one may be missed. More: a program that differs all the time fills the disk. */
const KEPT_MAX = 50;

/** Resolves to the name of the file. The oldest ones are removed when there are too many. */
export async function keepBeside(
  system: System,
  directory: string,
  bytes: string | Uint8Array,
): Promise<string> {
  const { fs } = system;
  const stamp = new Date(system.clock.now()).toISOString().replaceAll(':', '-');
  const [name, fd] = await openNew(system, directory, stamp);
  try {
    await writeBytes(fs, fd, bytes);
    await fs.fsync(fd);
  } finally {
    await fs.close(fd);
  }
  const list = await namesIn(fs, directory);
  const kept = 'names' in list ? list.names.filter((other) => NAME.test(other)) : [];
  for (const old of kept.slice(0, -KEPT_MAX)) await removeIfThere(fs, join(directory, old));
  return name;
}

async function openNew(
  { fs }: System,
  directory: string,
  stamp: string,
): Promise<[name: string, fd: number]> {
  for (let number = 1; ; number += 1) {
    const name = `sessions.json.conflict.${stamp}${number === 1 ? '' : `-${number}`}.json`;
    try {
      return [name, await fs.open(join(directory, name), OPEN.createNew, 0o600)];
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'EEXIST') throw cause;
    }
  }
}
