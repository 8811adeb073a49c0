/** Skill prompts in files of their own, which have to be there before an entry refers to them. */
import { join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import type { PromptFile } from '../dialect/prompt-file.ts';
import { directoryKind, readOwnFile } from '../own-file.ts';
import { replaceFile } from './replace-file.ts';

/** As long as OpenClaw lets them be. */
const BYTES_MAX = 524_288;
/** Fewer: prompts that many sessions share are looked at again. They are few in any one directory. */
const SEEN_MAX = 1_024;

export class PromptFolder {
  readonly #system: System;
  readonly #sessionsDir: string;
  readonly #seen = new Set<string>();

  constructor(system: System, sessionsDir: string) {
    this.#system = system;
    this.#sessionsDir = sessionsDir;
  }

  /** Resolves when the file is there, with this text. */
  async hold({ path, text }: PromptFile): Promise<void> {
    if (this.#seen.has(path)) return;
    const { fs, random } = this.#system;
    const parts = path.split('/');
    const name = parts.pop() as string;
    let directory = this.#sessionsDir;
    for (const part of parts) {
      directory = join(directory, part);
      await this.#makeDirectory(directory);
    }
    const full = join(directory, name);
    const read = await readOwnFile(fs, full, { bytesMax: BYTES_MAX });
    if (!('bytes' in read) || read.bytes.toString('utf8') !== text) {
      const temporary = `${full}.${random.token()}.tmp`;
      const fd = await fs.open(temporary, OPEN.createNew, 0o600);
      try {
        await writeBytes(fs, fd, text);
      } finally {
        await fs.close(fd);
      }
      await replaceFile(this.#system, temporary, full);
    }
    if (this.#seen.size >= SEEN_MAX) this.#seen.clear();
    this.#seen.add(path);
  }

  async #makeDirectory(directory: string): Promise<void> {
    const { fs } = this.#system;
    let kind = await directoryKind(fs, directory);
    if (kind === 'missing') {
      try {
        fs.mkdirSync(directory, 0o700);
      } catch (cause) {
        if ((cause as { code?: unknown }).code !== 'EEXIST') throw cause;
      }
      kind = await directoryKind(fs, directory);
    }
    if (kind === 'directory') return;
    throw new HoldfastError(
      'UNSAFE_PATH',
      `${directory} is ${kind}, where a directory of skill prompts belongs. Look at the path.`,
    );
  }
}
