/**
 * The build-time seam of the mutants: while vitest compiles the source, one place in one file of it
 * is exchanged. Nothing in the product knows of it.
 */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { mutantNamed } from './mutants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A vite plugin that breaks the source in the way that is named at the moment when a file is
 * compiled; does nothing without a name.
 */
export function mutation(name: () => string | undefined): Plugin {
  return {
    name: 'holdfast-mutation',
    enforce: 'pre',
    transform(code, id) {
      const asked = name();
      if (!asked) return null;
      const mutant = mutantNamed(asked);
      if (id.split('?')[0] !== `${ROOT}${mutant.file}`) return null;
      const parts = code.split(mutant.find);
      if (parts.length !== 2) {
        throw new Error(
          `The mutant ${mutant.name} fits ${parts.length - 1} places of ${mutant.file}.`,
        );
      }
      return { code: parts.join(mutant.replace), map: null };
    },
  };
}

/** The mutant that the environment names. */
export const mutantOfEnvironment = () => process.env.HOLDFAST_MUTANT;
