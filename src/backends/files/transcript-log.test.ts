import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realSystem } from '../../system/system.ts';
import { appendRecord } from './append-record.ts';
import type { LogState } from './log-state.ts';
import { OpenedStore } from './opened-store.ts';

test('C.6 a reader with an older state closes nothing that a writer has open', async () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-transcript-'));
  const store = new OpenedStore(realSystem, root, {
    durability: 'process',
    instance: 'test',
    lockWaitMs: 10_000,
    openFilesMax: 128,
    onWarning: () => undefined,
  });
  const session = store.session('agent:main:slack:channel:c024');
  await session.exclusive(() => appendRecord(store, session, { type: 'note' }, {}, {}), {
    create: true,
  });
  const { fd } = session.transcript;
  expect(fd).toBeGreaterThan(0);
  const older = { ...(session.state as LogState), sessionId: 'the-one-before' };
  expect(session.transcript.placeOf(older).path).toContain('the-one-before');
  expect(session.transcript.fd).toBe(fd);
  await store.close();
  rmSync(root, { recursive: true, force: true });
});
