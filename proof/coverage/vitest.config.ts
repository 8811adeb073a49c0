/**
 * The ordinary tests, on the built package: every import of a source file leads to what was built
 * of it, which Node runs as it is. So the tests at the seam and the processes that tests start run
 * the same bytes, and what each of them covered can be added up.
 */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { mergeConfig } from 'vitest/config';
import ordinary from '../../vitest.config.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = `${ROOT}src/`;

const built: Plugin = {
  name: 'holdfast-built',
  enforce: 'pre',
  async resolveId(id, importer) {
    if (!importer || !/^\.{1,2}\//.test(id)) return null;
    const found = await this.resolve(id, importer, { skipSelf: true });
    if (!found?.id.startsWith(SOURCE) || found.id.endsWith('.test.ts')) return null;
    return found.id.replace(SOURCE, `${ROOT}dist/`).replace(/\.ts$/, '.js');
  },
};

export default mergeConfig(ordinary, {
  root: ROOT,
  plugins: [built],
  test: {
    setupFiles: [fileURLToPath(new URL('take-coverage.ts', import.meta.url))],
    server: { deps: { external: [/\/dist\/.*\.js$/] } },
  },
});
