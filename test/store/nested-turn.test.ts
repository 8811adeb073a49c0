import { expect, test } from 'vitest';
import { until } from '../../src/contract/conformance/trial.ts';
import { openStore } from '../../src/index.ts';

/** Long enough for a refusal that waits for nothing, short of everything that waits for a turn. */
const PATIENCE_MS = 2_000;

test('R6.6 a nested turn is refused while the outer one runs, for which it would wait', async () => {
  const store = await openStore('memory:');
  const session = store.session('agent:main:main');
  let outcome: unknown;
  await session.turn(async () => {
    session
      .turn(() => expect.unreachable())
      .catch((error: unknown) => {
        outcome = error;
      });
    await until('it is refused', () => outcome !== undefined, PATIENCE_MS);
  });
  expect(outcome).toMatchObject({ code: 'SESSION_BUSY' });
  await store.close();
});
