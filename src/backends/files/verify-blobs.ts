import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { OPEN } from '../../system/file-system.ts';
import type { AgentFiles } from './agent-files.ts';
import { ioError } from './io-error.ts';
import { within } from './layout.ts';
import { requireOwnFile } from './safe-path.ts';
import { ownNamesIn, type Verification } from './verification.ts';

const CHUNK = 262_144;

/** Every blob has the hash that its name says. */
export async function verifyBlobs(verification: Verification, agent: AgentFiles): Promise<void> {
  const { store, report, slices } = verification;
  for (const name of ownNamesIn(verification, agent.paths.blobs)) {
    if (slices.due) await slices.rest();
    const full = join(agent.paths.blobs, name);
    const path = within(store.root, full);
    const match = /^([0-9a-f]{64})\.json$/.exec(name);
    if (!match) {
      report({
        code: 'LEFTOVER',
        severity: 'notice',
        path,
        message: 'It is no stored value; perhaps one that was never finished.',
        remedy: 'The next opening clears it away when it is old.',
      });
      continue;
    }
    try {
      if ((await hashOf(verification, full)) === match[1]) continue;
      report({
        code: 'ENTRY_DAMAGED',
        severity: 'damage',
        path,
        message:
          'A stored value does not have the hash of its name; sessions that refer to it are damaged.',
        remedy: 'Put the file back from a backup; repair keeps what the sessions hold besides it.',
      });
    } catch (cause) {
      // One that can not be read is a finding, not the end of the verification.
      const { code, message } = ioError(cause, 'read a stored value');
      report({ code, severity: 'damage', path, message, remedy: 'See the message.' });
    }
  }
}

async function hashOf({ store, checked }: Verification, path: string): Promise<string> {
  const { fs } = store.system;
  const hash = createHash('sha256');
  const fd = await fs.open(path, OPEN.read, 0);
  try {
    requireOwnFile(await fs.fstat(fd), path);
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let at = 0; ; ) {
      const got = await fs.read(fd, chunk, 0, CHUNK, at);
      if (got === 0) break;
      hash.update(chunk.subarray(0, got));
      at += got;
      checked.bytes += got;
    }
  } finally {
    await fs.close(fd);
  }
  return hash.digest('hex');
}
