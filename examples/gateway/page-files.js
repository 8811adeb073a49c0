import { readdirSync, readFileSync } from 'node:fs';

const TYPES = /** @type {Record<string, string>} */ ({
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
});

/**
 * The files of the page by their paths, read once: no path of a request ever becomes a path of a file.
 * @returns {Map<string, { body: string, type: string }>}
 */
export function pageFiles() {
  const files = new Map();
  for (const name of readdirSync(new URL('page/', import.meta.url))) {
    const type = TYPES[name.split('.').at(-1) ?? ''];
    const body = readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
    if (type !== undefined) files.set(name === 'index.html' ? '/' : `/${name}`, { body, type });
  }
  return files;
}
