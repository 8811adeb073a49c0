import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { openFiles } from '../../src/backends/files/open-files.ts';
import { conformance } from '../../src/contract/conformance/index.ts';
import { openStore, type StoreOptions } from '../../src/index.ts';

describe.each(['process', 'power'] as const)('durability %s', (durability) => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-conformance-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const open = (options?: StoreOptions) => openStore(directory, { ...options, durability });

  conformance({
    test,
    open,
    reopen: (_store, options) => open(options),
    openBackend: () =>
      openFiles(directory, {
        durability,
        instance: 'conformance',
        lockWaitMs: 10_000,
        openFilesMax: 128,
        onWarning: () => undefined,
      }),
  });
});
