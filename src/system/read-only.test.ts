import { constants, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type FileSystem, OPEN, realFileSystem } from './file-system.ts';
import { readOnly } from './read-only.ts';

it('refuses every call that changes something, and opens for reading only', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-read-only-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'a');
  writeFileSync(path, 'text');
  const fs = readOnly(realFileSystem);
  const fd = fs.openSync(path, OPEN.append, 0);
  onTestFinished(() => fs.closeSync(fd));
  expect(() => realFileSystem.writeSync(fd, 'x')).toThrow(/EBADF/);
  const changes: Partial<Record<keyof FileSystem, unknown[]>> = {
    writeSync: [fd, 'x'],
    write: [fd, Buffer.from('x'), 0, 1],
    mkdirSync: [join(directory, 'b'), 0o700],
    renameSync: [path, join(directory, 'b')],
    rename: [path, join(directory, 'b')],
    unlinkSync: [path],
    unlink: [path],
    rmdirSync: [directory],
    rmdir: [directory],
    ftruncateSync: [fd, 0],
    chmodSync: [path, 0o777],
    fsync: [fd],
    fdatasync: [fd],
    openSync: [join(directory, 'b'), OPEN.lock, 0o600],
    open: [join(directory, 'b'), constants.O_CREAT, 0o600],
  };
  for (const [name, args] of Object.entries(changes)) {
    const call = fs[name as keyof FileSystem] as (...args: unknown[]) => unknown;
    await expect(async () => call(...args), name).rejects.toMatchObject({ code: 'EROFS' });
  }
  const looking = /^(open|close|read|fstat|lstat|readdir|realpath)(Sync)?$/;
  const others = Object.keys(fs).filter((name) => !looking.test(name));
  expect(Object.keys(changes)).toEqual(expect.arrayContaining(others));
  expect(readdirSync(directory)).toEqual(['a']);
});
