/** The one place where locations are bound to back ends. */
import { openFiles } from './backends/files/open-files.ts';
import { openMemory } from './backends/memory/open-memory.ts';
import type { Backend } from './contract/backend.ts';
import type { StoreSettings } from './store/store-settings.ts';
import { realSurroundings } from './store/surroundings.ts';
import type { StorePlace } from './store-place.ts';

/**
 * Opens the back end of a place; it is the caller's to close. `existing`: nothing is made where there
 * is no store.
 */
export async function openBackend(
  place: StorePlace,
  settings: StoreSettings,
  existing = false,
): Promise<Backend> {
  if (place.kind === 'memory') return openMemory(place.name);
  if (place.kind === 'postgres') {
    // Loaded when it is needed: most stores are files.
    const { openPostgresBackend } = await import('./open-postgres-store.ts');
    return openPostgresBackend(place.url, existing ? { ...settings, migrate: false } : settings);
  }
  const { durability, lockWaitMs, openFilesMax, onWarning } = settings;
  return openFiles(place.path, {
    durability,
    instance: settings.instance ?? realSurroundings.newInstance(),
    lockWaitMs,
    openFilesMax,
    onWarning,
    existing,
  });
}
