import { createRequire } from 'node:module';

/**
 * Whole-file locks of the kernel. A lock belongs to the open file, so two descriptors of one
 * process exclude each other, and it ends with its process, so it is never stale.
 */
export interface FileLock {
  /** Takes the lock unless somebody holds it; never waits. */
  tryLock(fd: number): boolean;
  /** A lock that any number may hold together: only used to ask whether somebody holds the other kind. */
  tryShare(fd: number): boolean;
  unlock(fd: number): void;
}

interface Addon {
  tryLock(fd: number, offset?: number, length?: number, options?: { shared: boolean }): boolean;
  unlock(fd: number): void;
}

let addon: Addon | undefined;

/** Loads the addon; throws the loader's error where there is no binary for this system (musl). */
function load(): Addon {
  addon ??= createRequire(import.meta.url)('fs-native-extensions') as Addon;
  return addon;
}

/** The kernel's locks, loaded at first use. */
export const realFileLock: FileLock = {
  tryLock: (fd) => (addon ?? load()).tryLock(fd),
  tryShare: (fd) => (addon ?? load()).tryLock(fd, 0, 0, { shared: true }),
  unlock: (fd) => (addon ?? load()).unlock(fd),
};
