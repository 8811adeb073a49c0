import { constants } from 'node:fs';
import { type FileSystem, OPEN } from './file-system.ts';

/**
 * The same file system, through which nothing can be changed: whoever only looks can not do harm, not
 * even by a mistake. What is there is opened for reading, whatever was asked for, so that files
 * without the right to write can be looked at too; to make something is refused.
 */
export function readOnly(fs: FileSystem): FileSystem {
  const reading = (path: string, flags: number): number => {
    if ((flags & constants.O_CREAT) !== 0) refuse('open', path);
    return (flags & constants.O_RDWR) === 0 ? flags : OPEN.read;
  };
  return {
    ...fs,
    openSync: (path, flags, mode) => fs.openSync(path, reading(path, flags), mode),
    open: async (path, flags, mode) => fs.open(path, reading(path, flags), mode),
    writeSync: () => refuse('write'),
    mkdirSync: (path) => refuse('mkdir', path),
    renameSync: (path) => refuse('rename', path),
    unlinkSync: (path) => refuse('unlink', path),
    rmdirSync: (path) => refuse('rmdir', path),
    ftruncateSync: () => refuse('ftruncate'),
    chmodSync: (path) => refuse('chmod', path),
    write: async () => refuse('write'),
    fsync: async () => refuse('fsync'),
    fdatasync: async () => refuse('fdatasync'),
    rename: async (path) => refuse('rename', path),
    unlink: async (path) => refuse('unlink', path),
    rmdir: async (path) => refuse('rmdir', path),
  };
}

function refuse(call: string, path = ''): never {
  throw Object.assign(new TypeError(`EROFS: it is only looked at, ${call} ${path}`), {
    code: 'EROFS',
  });
}
