import { OPEN } from './file-system.ts';
import type { System } from './system.ts';

/** Makes the names in a directory durable. Windows has no such call and needs none. */
export async function syncDirectory(system: System, directory: string): Promise<void> {
  if (system.machine.windows) return;
  const fd = await system.fs.open(directory, OPEN.directory, 0);
  try {
    await system.fs.fsync(fd);
  } finally {
    await system.fs.close(fd);
  }
}
