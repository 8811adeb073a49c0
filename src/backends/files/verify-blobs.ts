import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { OPEN } from '../../system/file-system.ts';
import type { AgentFiles } from './agent-files.ts';
import { within } from './layout.ts';
import { namesIn, type Verification } from './verification.ts';

const CHUNK = 262_144;

/** Every blob has the hash that its name says. */
export async function verifyBlobs(
  { store, report, slices, checked }: Verification,
  agent: AgentFiles,
): Promise<void> {
  for (const name of namesIn(store, agent.paths.blobs)) {
    if (slices.due) await slices.rest();
    const path = join(agent.paths.blobs, name);
    const match = /^([0-9a-f]{64})\.json$/.exec(name);
    if (!match) {
      report({
        code: 'LEFTOVER',
        severity: 'notice',
        path: within(store.root, path),
        message: 'It is no stored value; perhaps one that was never finished.',
        remedy: 'The next opening clears it away when it is old.',
      });
      continue;
    }
    const hash = createHash('sha256');
    const fd = await store.system.fs.open(path, OPEN.read, 0);
    try {
      const chunk = Buffer.allocUnsafe(CHUNK);
      for (let at = 0; ; ) {
        const got = await store.system.fs.read(fd, chunk, 0, CHUNK, at);
        if (got === 0) break;
        hash.update(chunk.subarray(0, got));
        at += got;
        checked.bytes += got;
      }
    } finally {
      await store.system.fs.close(fd);
    }
    if (hash.digest('hex') === match[1]) continue;
    report({
      code: 'ENTRY_DAMAGED',
      severity: 'damage',
      path: within(store.root, path),
      message:
        'A stored value does not have the hash of its name; sessions that refer to it are damaged.',
      remedy: 'Put the file back from a backup; repair keeps what the sessions hold besides it.',
    });
  }
}
