import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A text file of the repository. */
export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  path: string;
  text: string;
  lines: string[];
  /** The text without the lines that are comments. */
  code: string;
}

/** A file as the rules see it. */
export function sourceFile(path: string, text: string): SourceFile {
  const lines = text.split('\n');
  const code = lines.map((line) => (/^\s*(\/\/|\/\*|\*)/.test(line) ? '' : line)).join('\n');
  return { path, text, lines, code };
}

/** Every file that git tracks, or would if it were added. */
export function repositoryFiles(): SourceFile[] {
  const list = execFileSync('git', ['ls-files', '-z', '-c', '-o', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = list.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
  return paths.map((path) => sourceFile(path, readFileSync(join(ROOT, path), 'utf8')));
}

/** Program text: what the house rules on length and shape are about. */
export function isProgram(file: SourceFile): boolean {
  return /\.(tsx?|js|mjs)$/.test(file.path);
}

/** The page of the inspector: it runs in a browser, where clocks and timers are its own. */
export function isPage(file: SourceFile): boolean {
  return /^src\/inspector\/page\/.*\.tsx?$/.test(file.path);
}

/** The library itself, without its tests. */
export function isLibrary(file: SourceFile): boolean {
  return /^src\/.*\.ts$/.test(file.path) && !isPage(file) && !file.path.endsWith('.test.ts');
}

/** Tests, and the suite for back ends, which is tests that are shipped. */
export function isTest(file: SourceFile): boolean {
  return /\.(test|proof)\.ts$|^(test|proof)\/|^src\/contract\/conformance\//.test(file.path);
}
