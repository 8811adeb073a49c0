import { mkdtempSync, readFileSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../frame/needs.ts';

const PAGE_BYTES = 4_096;
const mounted = new Set<SmallDisk>();
process.on('exit', () => {
  for (const disk of mounted) disk.remove();
});

/** A disk of its own that is soon full. */
export class SmallDisk {
  readonly path: string;
  #ballast = 0;

  /** `options` are those of a tmpfs: `size=1m,nr_inodes=64`. */
  constructor(options: string) {
    this.path = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
    runProgram('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', this.path]);
    mounted.add(this);
  }

  /** Fills it until so many pages are free. */
  leavePages(count: number): void {
    const { bavail } = statfsSync(this.path);
    this.#fill((bavail - count) * PAGE_BYTES);
  }

  /** Makes files until so many more can be made. */
  leaveFiles(count: number): void {
    for (let more = statfsSync(this.path).ffree - count; more > 0; more--) this.#fill(0);
  }

  #fill(bytes: number): void {
    this.#ballast += 1;
    writeFileSync(join(this.path, `ballast-${this.#ballast}`), Buffer.alloc(Math.max(0, bytes)));
  }

  /** Removes what filled it. */
  makeRoom(): void {
    for (; this.#ballast > 0; this.#ballast--) {
      rmSync(join(this.path, `ballast-${this.#ballast}`), { force: true });
    }
  }

  remove(): void {
    if (!mounted.delete(this)) return;
    runProgram('umount', [this.path]);
    rmdirSync(this.path);
  }
}

/** Whether something is mounted at a path; for the test of the clearing up. */
export function isMounted(path: string): boolean {
  return readFileSync('/proc/mounts', 'utf8').includes(` ${path} `);
}
