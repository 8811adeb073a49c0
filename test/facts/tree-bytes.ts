import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a directory with its bytes, as text that can be compared. */
export function treeOf(root: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(root.length)] = readFileSync(path, 'latin1');
  }
  return files;
}
