import { Refused } from './refusal.ts';
import type { World } from './world.ts';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};
const INDEX = 'index.html';
/** The build puts a hash of the content into these names, so what is under one never changes. */
const HASHED = /^assets\/.*[-.][\w-]{8,}\.\w+$/;

/**
 * The files of the built page. They are read once, into a list; a request names one of the list or
 * nothing, and no part of it ever becomes a path.
 */
export class PageFiles {
  readonly #world: World;
  #files: ReadonlyMap<string, Uint8Array> | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** The file of a name below the place where the handler is mounted; the page itself for ''. */
  response(name: string): Response {
    this.#files ??= this.#world.page();
    const file = name === '' ? INDEX : name;
    const type = TYPES[file.slice(file.lastIndexOf('.') + 1)];
    const bytes = type === undefined ? undefined : this.#files.get(file);
    if (type === undefined || bytes === undefined) throw this.#missing(file);
    const cache = HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
    return new Response(bytes as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': type, 'cache-control': cache },
    });
  }

  #missing(file: string): Refused {
    if (file !== INDEX) return new Refused(404, 'NOT_FOUND', 'There is nothing of this name.');
    return new Refused(404, 'NOT_FOUND', 'The page of the inspector was not built.', {
      remedy: 'Run `npm run build`; a package that was installed from a registry has it.',
    });
  }
}
