/** File systems in files in memory, on loop devices of ours. Whatever happens, they are taken down. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

export type FileSystemKind = 'ext4' | 'xfs' | 'btrfs';

/** The smallest that each may be made, and how. */
const MAKING: Readonly<Record<FileSystemKind, { bytes: number; options: string[] }>> = {
  ext4: { bytes: 48 * 2 ** 20, options: ['-qF', '-J', 'size=4'] },
  xfs: { bytes: 300 * 2 ** 20, options: ['-qf'] },
  btrfs: { bytes: 110 * 2 ** 20, options: ['-qf'] },
};

const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
const COMMAND_MS_MAX = 30_000;

/** Runs a program to its end, beside others. */
export function run(program: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, PATH }, timeout: COMMAND_MS_MAX });
    let said = '';
    let complained = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    child.stderr.on('data', (text) => {
      complained += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said.trim());
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${complained}`));
    });
  });
}

/** A directory for images and mounts, in memory where there is such a place: the disk would be slower. */
export function newWorkshop(): string {
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  return mkdtempSync(join(base, 'holdfast-power-'));
}

/** An image with a fresh file system in it. */
export async function makeImage(workshop: string, kind: FileSystemKind): Promise<string> {
  const image = join(workshop, `${kind}.img`);
  writeFileSync(image, '');
  truncateSync(image, MAKING[kind].bytes);
  await run(`mkfs.${kind}`, ...MAKING[kind].options, image);
  return image;
}

/** What is mounted and attached, so that it can be taken down in the other order. */
export class Mounts {
  readonly #undo = new Map<string, readonly string[]>();

  constructor() {
    // Synchronous, for the end of the process; a proof that ends in order has done it before.
    process.once('exit', () => this.#takeDown());
  }

  async attach(image: string): Promise<string> {
    const device = await run('losetup', '-f', '--show', image);
    this.#undo.set(device, ['losetup', '-d', device]);
    return device;
  }

  async detach(device: string): Promise<void> {
    await run('losetup', '-d', device);
    this.#undo.delete(device);
  }

  async mount(device: string, at: string, ...options: string[]): Promise<void> {
    mkdirSync(at, { recursive: true });
    await run('mount', ...options, device, at);
    this.#undo.set(at, ['umount', '-l', at]);
  }

  /** Somebody else has mounted something here. */
  mounted(at: string): void {
    this.#undo.set(at, ['umount', '-l', at]);
  }

  async unmount(at: string): Promise<void> {
    await run('umount', at);
    this.#undo.delete(at);
  }

  /**
   * Unmounts, and waits until the kernel has let go: a process in a namespace of its own that was begun
   * meanwhile keeps the mount, and the next one would get the same file system again, as dead as it is.
   */
  async unmountAndWait(at: string, kind: FileSystemKind, device: string): Promise<void> {
    await this.unmount(at);
    const until = performance.now() + COMMAND_MS_MAX;
    while (existsSync(join('/sys/fs', kind, basename(device)))) {
      if (performance.now() > until) throw new Error(`somebody else keeps ${at} mounted`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Takes down what is left, and removes the directory in which it all was. */
  end(workshop: string): void {
    this.#takeDown();
    rmSync(workshop, { recursive: true, force: true });
  }

  #takeDown(): void {
    for (const [program, ...args] of [...this.#undo.values()].reverse()) {
      spawnSync(program as string, args, {
        env: { ...process.env, PATH },
        timeout: COMMAND_MS_MAX,
      });
    }
    this.#undo.clear();
  }
}
