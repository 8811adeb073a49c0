import type { Warning } from '../../contract/store.ts';
import type { FileSystem } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';

/**
 * A system whose closing of files never fails. The kernel takes a descriptor back whatever it
 * answers, and was given the bytes before: whether they are on the disk is told by a sync, not by a
 * close. So a close that fails behind a commit must not make it look refused, nor keep the
 * descriptors after it open, nor be tried again on a number that means another file by then. It is
 * told as a warning.
 */
export function closeThatNeverFails(system: System, warn: (warning: Warning) => void): System {
  const { fs } = system;
  const tell = (cause: unknown) => {
    const message = `A file could not be closed in order: ${(cause as Error).message}.`;
    warn({ code: 'IO_FAILED', message });
  };
  const tolerant: FileSystem = {
    ...fs,
    closeSync(fd) {
      try {
        fs.closeSync(fd);
      } catch (cause) {
        tell(cause);
      }
    },
    close: (fd) => fs.close(fd).catch(tell),
  };
  return { ...system, fs: tolerant };
}
