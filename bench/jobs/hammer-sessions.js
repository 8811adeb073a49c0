import { changeOf, keyOf } from '../load/sample-entry.js';
import { SYSTEMS } from '../systems/index.js';

/** Several clients, each with a store of its own, that update one session until they are told to stop. */
export async function run({ system, dir, sessions, clients }, { ready, stopped }) {
  const all = await Promise.all(Array.from({ length: clients }, () => SYSTEMS[system].open(dir)));
  let on = true;
  let calls = 0;
  stopped.then(() => {
    on = false;
  });
  await ready();
  await Promise.all(
    all.map(async (opened) => {
      const session = opened.session(keyOf(sessions - 1));
      while (on) {
        calls += 1;
        await session.update(changeOf(calls));
      }
    }),
  );
  await Promise.all(all.map((opened) => opened.close()));
  return { call: 'update', acknowledged: calls, calls };
}
