import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh directory for the test that runs, removed when it has finished. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-files-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
