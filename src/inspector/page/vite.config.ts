import { defineConfig } from 'vite';

/** The page as plain files that a strict content security policy lets pass: nothing inline, no host. */
export default defineConfig({
  base: './',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../../dist/inspector/page',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
    reportCompressedSize: false,
    // What the bundle is made of, with the notices that its licences ask for.
    license: { fileName: 'licences.md' },
  },
});
