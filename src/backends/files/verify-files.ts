import { join } from 'node:path';
import type { VerifyReport } from '../../contract/reports.ts';
import { HoldfastError } from '../../model/errors.ts';
import { readOnly } from '../../system/read-only.ts';
import type { System } from '../../system/system.ts';
import { ioError, isMissing, typedError } from './io-error.ts';
import { FORMAT, MARK } from './layout.ts';
import { OpenedStore } from './opened-store.ts';
import { readFileNow } from './read-bytes.ts';
import { verifyStore } from './verify.ts';

const MARK_BYTES_MAX = 4_096;

/**
 * What `verify` finds in a directory, without opening it as a store: no mark is written, no lock
 * tried, no permission narrowed and nothing tidied, so that it also works where nothing may be
 * written. `undefined` when no store is there; `FORMAT_TOO_NEW` for one of a newer format.
 *
 * @param root a real path
 */
export async function verifyFiles(root: string, real: System): Promise<VerifyReport | undefined> {
  const fs = readOnly(real.confine?.(real.fs, root) ?? real.fs);
  if (!hasMark(fs, root)) return undefined;
  // Others' right to write is told by whoever examines; here it would be taken away.
  const machine = { ...real.machine, windows: true };
  const store = new OpenedStore({ ...real, fs, machine }, root, {
    durability: 'process',
    instance: 'examination',
    lockWaitMs: 0,
    onWarning: () => undefined,
  });
  try {
    return await verifyStore(store);
  } catch (cause) {
    throw typedError(cause);
  } finally {
    await store.close();
  }
}

function hasMark(fs: System['fs'], root: string): boolean {
  let text: string;
  try {
    text = readFileNow(fs, join(root, MARK), MARK_BYTES_MAX).toString('utf8');
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw ioError(cause, `read ${join(root, MARK)}`);
  }
  const format = Number(/"format":\s*(\d+)/.exec(text)?.[1] ?? FORMAT);
  if (format <= FORMAT) return true;
  throw new HoldfastError(
    'FORMAT_TOO_NEW',
    `${root} has format ${format}; this version reads ${FORMAT}. Install a newer version; nothing was changed.`,
  );
}
