/** The one place where locations are bound to back ends. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFiles } from './backends/files/open-files.ts';
import { openMemory } from './backends/memory/open-memory.ts';
import type { Store, StoreOptions } from './contract/store.ts';
import { HoldfastError } from './model/errors.ts';
import type { Entry } from './model/state.ts';
import { hasControl, isWellFormed, shown } from './model/text.ts';
import { type StoreOverParts, storeOver } from './store/store-over.ts';
import { storeSettings } from './store/store-settings.ts';
import { realSurroundings } from './store/surroundings.ts';

const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/** What other programs show instead of a path, or still have to fill in. */
const LABEL = /^\(multiple\)$|\{agentId\}/;

/**
 * Opens a store.
 *
 * - a directory, as a path or a `file:` URL: created when it is missing. A relative path is resolved
 *   once, against the working directory of this moment; `~` is a directory like any other.
 * - `memory:<name>`: in the memory of this process, shared by all who open that name.
 * - `memory:`: in memory, for this opener alone.
 * - `postgres://user@host/database?schema=holdfast`: in PostgreSQL, for many machines; needs the
 *   package `pg`.
 *
 * The type of the entries is the caller's word and not checked:
 * `const store = await openStore<MyEntry>('./state')`.
 *
 * Rejects with `STORE_UNSUPPORTED` where no store can be, `INVALID_ENTRY` and `LIMIT_EXCEEDED` for
 * options that are wrong or contradict each other, and as the back end does when it can not open.
 */
export async function openStore<E extends Entry = Entry>(
  location: string | URL,
  options?: StoreOptions,
): Promise<Store<E>> {
  const settings = storeSettings(options);
  const place = placeOf(location);
  if (place.kind === 'memory') {
    const backend = openMemory(place.name);
    // Two private stores have the same location and nothing else in common.
    return storeOver<E>(backend, options, place.name === '' ? ownPlace() : {});
  }
  if (place.kind === 'postgres') {
    // Loaded when it is needed: most stores are files.
    const { openPostgresUrl } = await import('./open-postgres-store.ts');
    return openPostgresUrl<E>(place.url, options);
  }
  const instance = settings.instance ?? realSurroundings.newInstance();
  const { durability, lockWaitMs, openFilesMax, onWarning } = settings;
  const backend = await openFiles(place.path, {
    durability,
    instance,
    lockWaitMs,
    openFilesMax,
    onWarning,
  });
  return storeOver<E>(backend, { ...options, instance });
}

type Place =
  | { kind: 'memory'; name: string }
  | { kind: 'files'; path: string }
  | { kind: 'postgres'; url: string };

function ownPlace(): StoreOverParts {
  return { place: `memory: ${realSurroundings.newInstance()}` };
}

function placeOf(location: unknown): Place {
  const text = location instanceof URL ? location.href : location;
  if (typeof text !== 'string' || text === '' || hasControl(text) || !isWellFormed(text)) {
    throw new HoldfastError(
      'INVALID_ENTRY',
      `${shown(text)} is not the location of a store: give a directory, a file: URL or memory:<name>.`,
    );
  }
  if (LABEL.test(text)) {
    throw new HoldfastError(
      'INVALID_ENTRY',
      `${shown(text)} is a label or a template, not the location of a store. One store holds all agents: give its directory.`,
    );
  }
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'memory') return { kind: 'memory', name: text.slice('memory:'.length) };
  if (scheme === 'file') return { kind: 'files', path: pathOfUrl(text) };
  if (scheme === 'postgres' || scheme === 'postgresql') {
    return { kind: 'postgres', url: text };
  }
  if (
    location instanceof URL ||
    (scheme !== undefined && text.startsWith('//', scheme.length + 1))
  ) {
    unsupported(scheme, 'use a directory, a file: URL or memory:<name>');
  }
  return { kind: 'files', path: resolve(text) };
}

function pathOfUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const message = `${shown(url)} is not the location of a store: it names no directory of this machine.`;
    throw new HoldfastError('INVALID_ENTRY', message, { cause });
  }
}

/** Says nothing of the location but its scheme: the rest may hold a password. */
function unsupported(scheme: string | undefined, remedy: string): never {
  throw new HoldfastError(
    'STORE_UNSUPPORTED',
    `There is no back end for ${scheme}: locations: ${remedy}.`,
  );
}
