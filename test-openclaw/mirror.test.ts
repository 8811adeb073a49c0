/** The mirror, read by the real program while it is written. */
import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { openStore } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { adopted } from '../test/openclaw/released.ts';
import { sampleCopy } from '../test/openclaw/state-copy.ts';
import { LIST, openClawBeside, rowsByKey } from './open-claw.ts';

/** Each start of the program takes some seconds. */
const READS = process.env.PROOF === 'long' ? 100 : 20;
const SESSIONS = 50;

describe('the mirror', () => {
  it(`R3.1 is whole at each of ${READS} readings by 2026.7.1, while 50 sessions change`, async () => {
    const root = await adopted(sampleCopy());
    const store = await openStore(root, { mirror: { debounceMs: 50 } });
    const keys = Array.from({ length: SESSIONS }, (_, n) => `agent:main:slack:channel:c${n}`);
    for (const key of keys) await store.session(key).update({ n: 0, twice: 0 });
    let reading = true;
    let updates = 0;
    const writing = Promise.all(
      keys.map(async (key) => {
        for (let n = 1; reading; n += 1) {
          await store.session(key).update({ inputTokens: n, outputTokens: n });
          updates += 1;
          // Updates that meet nobody are made without a wait: this process has to hear of the program.
          await turnOfEventLoop();
        }
      }),
    );
    let fewest = 0;
    try {
      for (let read = 0; read < READS; read += 1) {
        const rows = rowsByKey(await openClawBeside('2026.7.1', root, ...LIST));
        const seen = keys.filter((key) => rows.has(key)).length;
        // Once they are in the mirror, none of them is ever missing again.
        expect({ read, seen: seen >= fewest }).toEqual({ read, seen: true });
        fewest = seen;
        expect(rows.size).toBeGreaterThanOrEqual(62);
        for (const key of keys) {
          const row = rows.get(key);
          expect(row?.inputTokens).toBe(row?.outputTokens);
        }
      }
      expect(fewest).toBe(SESSIONS);
    } finally {
      reading = false;
      await writing;
      await store.close();
    }
    console.log(`${READS} readings beside ${updates} updates`);
  }, 900_000);
});
