/**
 * Preconditions are checked in the commit itself, against the latest state: applied, or refused with
 * the code that says why, and then nothing was changed.
 */
import assert from 'node:assert/strict';
import type { ErrorCode } from '../../model/errors.ts';
import type { Preconditions, Session } from '../store.ts';
import { type Law, refused } from './trial.ts';

type Write = (session: Session, preconditions: Preconditions) => Promise<unknown>;

const WRITES: Readonly<Record<string, Write>> = {
  update: (session, preconditions) => session.update({ written: true }, preconditions),
  'update with a function': (session, preconditions) =>
    session.update(() => ({ written: true }), preconditions),
  append: (session, preconditions) => session.append({ type: 'note' }, preconditions),
  reset: (session, preconditions) => session.reset(preconditions),
};

const OTHER_ID = '01890000-0000-7000-8000-000000000000';

export function guards(law: Law): void {
  for (const [name, write] of Object.entries(WRITES)) {
    law(`C.3 ${name}: a precondition that holds lets the write through`, async (t) => {
      const { sessionId } = await t.session().update({ a: 1 });
      await write(t.session(), { ifRev: 1, ifSessionId: sessionId, ifExists: true });
      await write(t.session('slack:channel:new'), { ifRev: 0 });
      assert.equal((await t.session('slack:channel:new').read())?.rev, 1);
    });

    const cases: [string, ErrorCode, Preconditions][] = [
      ['an older revision', 'REV_CONFLICT', { ifRev: 1 }],
      ['a revision that is not there yet', 'REV_CONFLICT', { ifRev: 3 }],
      ['a session that must not exist', 'REV_CONFLICT', { ifRev: 0 }],
      ['another session id', 'SESSION_CHANGED', { ifSessionId: OTHER_ID }],
    ];
    for (const [what, code, preconditions] of cases) {
      law(`C.3 ${name}: ${what} is ${code}, and nothing changed`, async (t) => {
        await t.session().update({ a: 1 });
        const before = await t.session().update({ a: 2 });
        const error = await refused(code, () => write(t.session(), preconditions));
        assert.equal(error.key, t.key());
        assert.deepEqual(await t.session().read(), before);
        assert.equal((await t.session().archives()).length, 0);
      });
    }

    law(`C.3 ${name}: what demands a session does not create one: SESSION_GONE`, async (t) => {
      for (const demand of [{ ifExists: true }, { ifRev: 4 }, { ifSessionId: OTHER_ID }]) {
        await refused('SESSION_GONE', () => write(t.session(), demand));
        assert.equal(await t.session().read(), undefined);
      }
    });
  }

  law('of 20 concurrent writes with the same ifRev exactly one is applied', async (t) => {
    const session = t.session();
    await session.update({ winner: -1 });
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => session.update({ winner: i }, { ifRev: 1 })),
    );
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
    for (const result of results) {
      if (result.status === 'rejected') assert.equal(result.reason.code, 'REV_CONFLICT');
    }
    assert.equal((await session.read())?.rev, 2);
  });

  law('of 20 concurrent creations with ifRev 0 exactly one is applied', async (t) => {
    const session = t.session();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => session.update({ winner: i }, { ifRev: 0 })),
    );
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
    assert.equal((await session.read())?.rev, 1);
  });

  law('R2.4 an end-of-run write that names its session id is refused after a reset', async (t) => {
    const session = t.session();
    const { sessionId } = await session.update({ result: 'none' });
    const after = await session.reset();
    await refused('SESSION_CHANGED', () =>
      session.update({ result: 'late' }, { ifSessionId: sessionId }),
    );
    assert.deepEqual(await session.read(), after);
  });

  law('a signal that was aborted before ends the call with its reason', async (t) => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    for (const write of Object.values(WRITES)) {
      const thrown = await write(t.session(), { signal }).catch((error: unknown) => error);
      assert.equal(thrown, reason);
    }
    assert.equal(await t.session().read(), undefined);
  });
}
