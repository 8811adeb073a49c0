import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { databaseCopy } from './database-copy.ts';
import { adoptKilled } from './killed-adoption.ts';
import { longDatabase } from './long-database.ts';
import { inStore, recordsOf } from './state-copy.ts';

// More moments are in `proof/openclaw`.
describe('C.14 R7.6 an adoption of a database that is killed', () => {
  it('is gone on with: sessions that the real program made', async () => {
    await adoptKilled(async () => databaseCopy('sqlite-imported'), 3);
  }, 120_000);

  it('is gone on with: archives and long transcripts', async () => {
    await adoptKilled(() => longDatabase({ sessions: 4, windows: 3, rows: 300, bytes: 60 }), 3);
  }, 120_000);

  it('writes no record again, however long the transcript is', async () => {
    // More than the ids that a store looks through for one that comes again.
    const root = await longDatabase({ sessions: 1, windows: 1, rows: 11_000, bytes: 6 });
    await adoptStateDir(root);
    // The state that a process leaves which dies right after its last record.
    writeFileSync(join(root, 'agents/main/sessions/sessions.d/adopted.jsonl'), '');
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 0, known: 1, stores: [{ records: 0 }] });
    await inStore(root, async (store) => {
      expect(await recordsOf(store, 'agent:main:direct:1')).toHaveLength(11_000);
    });
  }, 60_000);
});
