import { execFile } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { platform } from 'node:process';

/**
 * What the mount under a store gives. `sound`: kernel locks are known to work. `shared`: other
 * machines may write here too, where no lock of ours reaches. `unknown`: has to be probed.
 */
export type MountKind = 'sound' | 'shared' | 'unknown';

export interface Mount {
  kind(directory: string): MountKind;
  /**
   * Whether a second process is refused a lock that this one holds on `file`. False means that
   * the mount grants one lock twice.
   */
  excludes(file: string): Promise<boolean>;
}

/** Magic numbers of `statfs(2)`. */
const SOUND = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
]);
const SHARED = new Set([
  0x6969, // nfs
  0xff534d42, // cifs
  0xfe534d42, // smb2
  0x01021997, // 9p
  0x517b, // smb
  0x73757245, // coda
  0x5346414f, // afs
]);

const PROBE = `
const [addon, file] = process.argv.slice(1);
const fd = require('node:fs').openSync(file, 'r+');
process.stdout.write(require(addon).tryLock(fd) ? 'granted' : 'refused');
`;

export const realMount: Mount = {
  kind(directory) {
    // The local file systems of macOS and Windows honour these locks; shares there answer to the probe.
    if (platform !== 'linux') return 'unknown';
    const type = statfsSync(directory).type >>> 0;
    return SOUND.has(type) ? 'sound' : SHARED.has(type) ? 'shared' : 'unknown';
  },
  excludes(file) {
    const addon = createRequire(import.meta.url).resolve('fs-native-extensions');
    return new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        ['-e', PROBE, addon, file],
        { timeout: 20_000 },
        (error, stdout) => (error ? reject(error) : resolve(stdout === 'refused')),
      );
    });
  },
};
