/**
 * Nobody holds a session for ever: a turn over its limit is told, then it is taken away, and only
 * then does anyone else get in. Limits that could never be kept are refused.
 */
import assert from 'node:assert/strict';
import type { Turn } from '../store.ts';
import { gate, type Law, refused } from './trial.ts';

const LIMIT_MS = 30;
const NEVER_MS = 60_000;

export function limits(law: Law): void {
  law('R11.8 a turn over its limit is told and may end in order', async (t) => {
    const result = await t.session().turn(
      async (turn) => {
        await new Promise((resolve) => turn.signal.addEventListener('abort', resolve));
        await turn.update({ lastWord: true });
        return 'in order';
      },
      { limitMs: LIMIT_MS, graceMs: NEVER_MS, label: 'slow' },
    );
    assert.equal(result, 'in order');
    assert.equal((await t.session().read())?.entry.lastWord, true);
    const [warning, ...rest] = t.warnings.splice(0);
    assert.equal(rest.length, 0);
    assert.equal(warning?.key, t.key());
    assert.ok(warning?.message.includes('slow'), warning?.message);
  });

  law(
    'R11.8 a turn that outlives its limit and grace is taken away before anyone gets in',
    async (t) => {
      const hold = gate();
      let old: Turn | undefined;
      let wasTold = false;
      const error = refused('TURN_LOST', () =>
        t.session().turn(
          async (turn) => {
            old = turn;
            turn.signal.addEventListener('abort', () => {
              wasTold = true;
            });
            await hold.opened;
          },
          { limitMs: LIMIT_MS, graceMs: LIMIT_MS, label: 'stuck' },
        ),
      );
      await t.until('it runs', () => old !== undefined);
      await t.session().turn(async (turn) => {
        assert.ok(wasTold);
        await refused('TURN_LOST', () => old?.update({ by: 'old' }));
        await turn.update({ by: 'new' });
      });
      assert.ok((await error).message.includes(`${LIMIT_MS} ms`));
      hold.open();
      assert.equal((await t.session().read())?.entry.by, 'new');
      assert.equal(t.warnings.splice(0)[0]?.key, t.key());
    },
  );

  law(
    'R11.8 the limit of the store holds for turns that set none',
    async (t) => {
      await t.session().turn(async (turn) => {
        await new Promise((resolve) => turn.signal.addEventListener('abort', resolve));
      });
      assert.equal(t.warnings.splice(0).length, 1);
    },
    { options: { turnLimitMs: LIMIT_MS } },
  );

  law('a turn within its limit is not disturbed by it', async (t) => {
    let kept: Turn | undefined;
    await t.session().turn(
      (turn) => {
        kept = turn;
      },
      { limitMs: NEVER_MS },
    );
    assert.equal(kept?.signal.aborted, false);
  });

  law(
    'R11.7 a turn that could be held longer than others wait is refused',
    async (t) => {
      const never = () => assert.fail('it ran');
      await refused('LIMIT_EXCEEDED', () =>
        t.session().turn(never, { limitMs: 600, graceMs: 400 }),
      );
      await refused('LIMIT_EXCEEDED', () =>
        t.session().turn(never, { whenBusy: 'interrupt', waitMs: 100, graceMs: 100 }),
      );
      assert.equal(await t.session().turn(() => 'ok', { limitMs: 500, graceMs: 400 }), 'ok');
    },
    { options: { turnWaitMs: 1_000 } },
  );
}
