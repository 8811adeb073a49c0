import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as holdfast from 'holdfast';
import { describe, expect, it } from 'vitest';
import { importsOf, partOf } from './tidy/arrows.ts';
import { isLibrary, isTest, ROOT, repositoryFiles } from './tidy/source-files.ts';

const product = repositoryFiles().filter((file) => isLibrary(file) && !isTest(file));

/** Files of the library whose code has this text. */
function filesWith(pattern: RegExp): string[] {
  return product.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
}

/** Tries a mount with files of its own, in a directory of its own, and knows no store. */
const ofStores = (path: string) => !/^src\/(mount\/|system\/mount-programs\.ts)/.test(path);

function outside(paths: string[], ...parts: string[]): string[] {
  return paths.filter((path) => !parts.includes(partOf(path)));
}

describe('who touches the files of a session', () => {
  it('C.1 only the files back end opens what it stores', () => {
    const seam = product.filter((file) =>
      importsOf(file).some((name) => /system\/(file-system|file-lock|system)\.ts$/.test(name)),
    );
    const paths = seam.map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(10);
    const parts = ['system', 'backends/files', 'openclaw', 'open-store'];
    const bindings = ['adopt', 'examine', 'export', 'mirror', 'release'];
    const roots = bindings.map((what) => `${what}-state-dir`);
    expect(outside(paths.filter(ofStores), ...parts, ...roots)).toEqual([]);
  });

  it('C.1 what tries a mount knows no file of a store', () => {
    const trying = product.filter(({ path }) => !ofStores(path));
    expect(trying.length).toBeGreaterThan(3);
    const imports = trying.flatMap(importsOf);
    expect(imports.filter((name) => /backends|store|openclaw/.test(name))).toEqual([]);
  });

  it('C.1 only the files back end knows the names of what it stores', () => {
    const named = filesWith(
      /['"`/](sessions\.d|meta\.|inbox\.jsonl)|\.archived\.json|\.jsonl['"`]/,
    );
    expect(named).toContain('src/backends/files/layout.ts');
    // The command line looks for a directory that is a store, and opens nothing in it.
    expect(outside(named, 'backends/files', 'openclaw')).toEqual(['src/cli/find-store.ts']);
  });

  it('C.1 the command line reads no file of a store', () => {
    const direct = product.filter(
      (file) =>
        partOf(file.path) === 'cli' && importsOf(file).some((name) => /^node:fs/.test(name)),
    );
    const imports = direct.map(({ path, code }) => ({
      path,
      names: /import \{([^}]*)\} from 'node:fs'/.exec(code)?.[1]?.trim(),
    }));
    expect(imports).toEqual([
      { path: 'src/cli/find-store.ts', names: 'existsSync, readdirSync' },
      // The package's own version.
      { path: 'src/cli/program.ts', names: 'readFileSync' },
    ]);
  });

  it('C.1 taking over and examining another store opens its files for reading only', () => {
    const writing = filesWith(
      /OPEN\.(append|create|lock)|\.(rename|unlink|rmdir|mkdir|ftruncate|chmod)(Sync)?\(/,
    );
    const ours = writing.filter((path) => partOf(path) === 'openclaw');
    // Those that write are asked to: by a mirror, on the way back, and by `doctor --fix`.
    const asked = /^src\/openclaw\/(mirror\/|release\/|doctor\/mend\.ts)/;
    expect(ours.filter((path) => !asked.test(path))).toEqual(['src/openclaw/ledger.ts']);
  });

  it('R4.7 bytes are written in two places: the commit path, and one that writes them all', () => {
    expect(filesWith(/\bfs\.write(Sync)?\(/).filter(ofStores)).toEqual([
      'src/backends/files/disk.ts',
      'src/system/write-bytes.ts',
    ]);
  });

  it('R6.1 one function appends to transcripts', () => {
    const appends = product.flatMap(({ path, code }) =>
      [...code.matchAll(/#?disk\.append\(\s*([^,]+),/g)].map((match) => ({ path, to: match[1] })),
    );
    expect(appends.filter(({ to }) => to?.includes('transcript'))).toEqual([
      { path: 'src/backends/files/append-record.ts', to: 'transcript.fd' },
    ]);
    const known = ['transcript.fd', 'log.fd', 'fd', 'this.#fd'];
    expect(appends.filter(({ to }) => !known.includes(to ?? ''))).toEqual([]);
  });

  it('R6.1 the source never opens a transcript for writing in another place', () => {
    const opening = filesWith(/OPEN\.append/).filter(ofStores);
    expect(opening).toContain('src/backends/files/transcript-log.ts');
    expect(
      opening.filter(
        (path) => !/(transcript-log|generations|journal|ledger|mirror\/state-file)\.ts$/.test(path),
      ),
    ).toEqual([]);
  });
});

describe('what the package offers', () => {
  it('C.2 exports no function that loads or saves a whole store', () => {
    const functions = Object.entries(holdfast).filter(([, value]) => typeof value === 'function');
    expect(functions.map(([name]) => name).sort()).toEqual([
      'HoldfastError',
      'agentOf',
      'formatSessionKey',
      'isHoldfastError',
      'openStore',
      'parseSessionKey',
      'sessionKey',
      'storeOver',
    ]);
  });

  it('C.2 a store has no verb that takes or gives all entries', () => {
    const types = readFileSync(join(ROOT, 'dist/contract/store.d.ts'), 'utf8');
    const body = /export interface Store<[^{]*\{\n([\s\S]*?)\n\}/.exec(types)?.[1] ?? '';
    const members = [...body.matchAll(/^ {4}(?:readonly )?([\w.[\]]+)[(:?]/gm)].map((m) => m[1]);
    expect(members.sort()).toEqual(
      [
        ...['location', 'kind', 'instance', 'supports', 'session', 'list', 'watch', 'lanes'],
        'activity',
        ...['verify', 'repair', 'figures', 'close', '[Symbol.asyncDispose]'],
      ].sort(),
    );
  });
});
