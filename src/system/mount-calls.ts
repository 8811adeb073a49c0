import { linkSync, statfsSync, symlinkSync } from 'node:fs';
import { platform } from 'node:process';

/** Calls that only a look at a mount needs: the store itself makes no links. */
export interface MountCalls {
  facts(directory: string): MountFacts;
  link(from: string, to: string): void;
  symlink(target: string, path: string): void;
}

export interface MountFacts {
  /** The name of the file system, or its number in hexadecimal. */
  readonly type: string;
  /** It lies in memory and is gone after a restart of the machine. */
  readonly inMemory: boolean;
  readonly freeBytes: number;
  readonly freeFiles?: number;
}

/** Names of the numbers of `statfs(2)`; `mount.ts` says what is known of the locks of each. */
const NAMES: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs',
  2240043254: 'ramfs',
  2035054128: 'overlayfs',
  801189825: 'zfs',
  4076150800: 'f2fs',
  3393526350: 'bcachefs',
  1702057286: 'fuse',
  26985: 'nfs',
  4283649346: 'cifs',
  4266872130: 'smb2',
  16914839: '9p',
  20859: 'smb',
  1397118030: 'ntfs',
  1936094318: 'ntfs3',
  19780: 'vfat',
  538032816: 'exfat',
};
const IN_MEMORY = new Set(['tmpfs', 'ramfs']);

export const realMountCalls: MountCalls = {
  facts(directory) {
    const { type, bavail, bsize, files, ffree } = statfsSync(directory);
    // Elsewhere the number means something else on every system.
    const name =
      platform === 'linux' ? (NAMES[type >>> 0] ?? `0x${(type >>> 0).toString(16)}`) : platform;
    return {
      type: name,
      inMemory: platform === 'linux' && IN_MEMORY.has(name),
      freeBytes: bavail * bsize,
      ...(files > 0 && { freeFiles: ffree }),
    };
  },
  link: linkSync,
  symlink: symlinkSync,
};
