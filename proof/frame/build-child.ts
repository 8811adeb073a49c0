/**
 * Programs of proofs that run as processes of their own. Each is bundled from the source, for two
 * reasons: it starts in less than half the time that the built package takes, and the mutant of
 * `HOLDFAST_MUTANT` is in it, so that a broken promise is tried by real processes, too.
 */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { mutantOfEnvironment, mutation } from '../mutants/mutation.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** They are loaded by name, when they are first needed. */
const EXTERNAL = ['fs-native-extensions', 'pg'];
/** Files that the source reads from beside itself. */
const MIGRATIONS = 'src/backends/postgres/migrations';

/** A program that can be run; `remove` it after the proof. */
export interface BuiltChild {
  readonly path: string;
  remove(): void;
}

/** Bundles a program of a proof. */
export async function buildChild(program: URL): Promise<BuiltChild> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-program-'));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  const entry = fileURLToPath(program);
  const name = `${basename(entry, '.ts')}.mjs`;
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    plugins: [mutation(mutantOfEnvironment)],
    ssr: { noExternal: true, external: EXTERNAL },
    build: {
      ssr: entry,
      outDir: join(directory, 'program'),
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: {
        external: EXTERNAL,
        output: { entryFileNames: name, codeSplitting: false },
      },
    },
  });
  symlinkSync(join(ROOT, MIGRATIONS), join(directory, 'program', 'migrations'));
  return {
    path: join(directory, 'program', name),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
