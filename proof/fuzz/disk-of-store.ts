/** A store on a disk in memory, with files in it as somebody else may have left them. */
import { FilesBackend } from '../../src/backends/files/files-backend.ts';
import { agentFolder, agentPaths, sessionFolder } from '../../src/backends/files/layout.ts';
import { OpenedStore } from '../../src/backends/files/opened-store.ts';
import type { Backend } from '../../src/contract/backend.ts';
import { agentOf } from '../../src/model/session-key.ts';
import { OPEN } from '../../src/system/file-system.ts';
import { directSystem } from '../interleavings/direct-system.ts';
import { SharedDisk } from '../interleavings/shared-disk.ts';

const ROOT = '/store';

/** Makes a disk once; every input gets a copy of it. */
export async function diskWith(fill: (backend: Backend) => Promise<unknown>): Promise<SharedDisk> {
  const disk = new SharedDisk();
  disk.makeDirectory(99, ROOT, 0o700);
  const backend = backendOn(disk, 98);
  await fill(backend);
  await backend.close();
  return disk;
}

export function backendOn(disk: SharedDisk, process: number, warnings: string[] = []): Backend {
  const store = new OpenedStore(directSystem(disk, process), ROOT, {
    durability: 'process',
    instance: 'fuzz',
    lockWaitMs: 1_000,
    openFilesMax: 16,
    onWarning: ({ code }) => void warnings.push(code),
  });
  return new FilesBackend(store);
}

export function pathsOf(key: string) {
  const paths = agentPaths(ROOT, agentFolder(agentOf(key)));
  return { ...paths, session: `${paths.sessions}/${sessionFolder(key)}` };
}

/** Puts bytes in the place of a file. */
export function put(disk: SharedDisk, path: string, bytes: Buffer): void {
  const fd = disk.openFile(97, path, OPEN.appendOrCreate, 0o600);
  disk.truncate(fd, 0);
  disk.write(fd, bytes.toString('latin1'));
  disk.close(fd);
}
