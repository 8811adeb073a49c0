import { join } from 'node:path';
import { agentFolder, agentPaths, sessionFolder } from '../../src/backends/files/layout.ts';
import { agentOf } from '../../src/model/session-key.ts';

/** The directory of one session below a store's root. */
export function directoryOf(root: string, key: string): string {
  return join(pathsOf(root, agentOf(key)).sessions, sessionFolder(key));
}

/** The directories of one agent below a store's root. */
export function pathsOf(root: string, agentId: string) {
  return agentPaths(root, agentFolder(agentId));
}
