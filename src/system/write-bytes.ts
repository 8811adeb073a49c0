import type { FileSystem } from './file-system.ts';

/** A write that takes nothing and reports nothing would be tried for ever. */
function progress(written: number): number {
  if (written > 0) return written;
  throw Object.assign(new TypeError('the system wrote nothing and gave no reason'), {
    code: 'EIO',
  });
}

/** Writes all bytes, however many the system takes at a time. */
export async function writeBytes(
  fs: FileSystem,
  fd: number,
  data: string | Uint8Array,
): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  for (let at = 0; at < bytes.length; ) {
    at += progress(await fs.write(fd, bytes, at, bytes.length - at));
  }
}

/** As {@link writeBytes}, on the event loop: for what is short. `from`: bytes that are written already. */
export function writeBytesNow(
  fs: FileSystem,
  fd: number,
  data: string | Uint8Array,
  from = 0,
): void {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  for (let at = from; at < bytes.length; ) {
    at += progress(fs.writeSync(fd, bytes, at, bytes.length - at));
  }
}
