import type { Store, StoreOptions } from './contract/store.ts';
import type { Entry } from './model/state.ts';
import { openBackend } from './open-backend.ts';
import { noMirror, storeOver } from './store/store-over.ts';
import { storeSettings } from './store/store-settings.ts';
import { realSurroundings } from './store/surroundings.ts';
import { storePlace } from './store-place.ts';

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
 * With `mirror`, the promise resolves when what other programs changed in the mirror is taken over
 * and the mirror is current.
 *
 * Rejects with `STORE_UNSUPPORTED` where no store or no mirror can be, `INVALID_ENTRY` and `LIMIT_EXCEEDED` for
 * options that are wrong or contradict each other, and as the back end does when it can not open.
 */
export async function openStore<E extends Entry = Entry>(
  location: string | URL,
  options?: StoreOptions,
): Promise<Store<E>> {
  const settings = storeSettings(options);
  const place = storePlace(location);
  if (settings.mirror !== undefined && place.kind !== 'files') throw noMirror(place.kind);
  const instance = settings.instance ?? realSurroundings.newInstance();
  const backend = await openBackend(place, { ...settings, instance });
  if (settings.mirror !== undefined) {
    // Loaded when it is needed: most stores have none.
    const { openMirrored } = await import('./mirror-state-dir.ts');
    return openMirrored<E>(backend, { ...options, instance }, settings.mirror);
  }
  // Two private stores have the same location and nothing else in common.
  const alone = place.kind === 'memory' && place.name === '';
  const parts = alone ? { place: `memory: ${realSurroundings.newInstance()}` } : {};
  return storeOver<E>(backend, { ...options, instance }, parts);
}
