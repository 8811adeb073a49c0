import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';

/** Which part of the source may import which other ones. What is not listed is forbidden. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  contract: ['model'],
  store: ['contract', 'model'],
  system: ['model'],
  mount: ['system', 'model'],
  'backends/memory': ['contract', 'model'],
  'backends/files': ['system', 'contract', 'model'],
  'backends/postgres': ['contract', 'model'],
  'postgres-place': ['backends/postgres', 'store', 'model'],
  'open-postgres-store': ['postgres-place', 'backends/postgres', 'store', 'contract', 'model'],
  openclaw: [
    'adopt-state-dir',
    'examine-state-dir',
    'release-state-dir',
    'export-state-dir',
    'store',
    'contract',
    'model',
    'system',
  ],
  inspector: ['contract', 'model'],
  /** In a browser: of all the rest it sees the types of what it is sent. */
  'inspector/page': [],
  cli: [
    'inspector',
    'openclaw',
    'mount',
    'store',
    'contract',
    'model',
    'open-store',
    'open-postgres-store',
    'copy-store',
  ],
  copy: ['contract', 'model'],
  'copy-store': ['copy', 'open-backend', 'store-place', 'store', 'contract', 'model'],
  'store-place': ['model'],
  'open-backend': [
    'backends/memory',
    'backends/files',
    'open-postgres-store',
    'store-place',
    'store',
    'contract',
  ],
  'open-store': ['open-backend', 'store-place', 'mirror-state-dir', 'store', 'contract', 'model'],
  'adopt-state-dir': ['openclaw', 'backends/files', 'store', 'contract', 'model', 'system'],
  'examine-state-dir': ['openclaw', 'backends/files', 'store', 'contract', 'model', 'system'],
  'mirror-state-dir': ['openclaw', 'backends/files', 'store', 'contract', 'model', 'system'],
  'release-state-dir': ['openclaw', 'backends/files', 'store', 'contract', 'model', 'system'],
  'export-state-dir': [
    'openclaw',
    'open-backend',
    'store-place',
    'store',
    'contract',
    'model',
    'system',
  ],
  index: ['open-store', 'store', 'contract', 'model'],
};

/** The part of the source that a file belongs to. */
export function partOf(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  if (first === 'inspector' && second === 'page') return 'inspector/page';
  return first === 'backends' ? `backends/${second}` : first.replace(/\.ts$/, '');
}

/** What a file imports, exactly as written. */
export function importsOf(file: SourceFile): string[] {
  const statements = file.code.matchAll(
    /^(?:import |(?:import|export)\b[^;'"]*\bfrom )'([^']+)';/gm,
  );
  const calls = file.code.matchAll(/\bimport\('([^']+)'\)/g);
  return [...statements, ...calls].map((match) => match[1] ?? '');
}

/** Imports that go against the arrows of the design. */
export function wrongArrows(file: SourceFile): string[] {
  const from = partOf(file.path);
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return [`${file.path}: the part ${from} has no arrows yet`];
  const wrong: string[] = [];
  for (const name of importsOf(file)) {
    if (!name.startsWith('.')) continue;
    const target = posix.join(posix.dirname(file.path), name);
    if (from === 'inspector/page' && target === 'src/inspector/wire.ts') continue;
    const to = target.startsWith('src/') ? partOf(target) : target;
    if (to !== from && !allowed.includes(to)) wrong.push(`${file.path} imports ${target}`);
  }
  return wrong;
}
