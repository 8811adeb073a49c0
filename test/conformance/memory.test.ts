import { test } from 'vitest';
import { openMemory } from '../../src/backends/memory/open-memory.ts';
import { conformance } from '../../src/contract/conformance/index.ts';
import { openStore } from '../../src/index.ts';

const location = 'memory:conformance';

conformance({
  test,
  open: (options) => openStore(location, options),
  reopen: (_store, options) => openStore(location, options),
  openBackend: async () => openMemory('conformance'),
});
