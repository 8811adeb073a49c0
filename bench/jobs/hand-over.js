import { SYSTEMS } from '../systems/index.js';

/**
 * Takes turns of one session again and again and says when each began and ended, by the clock of
 * the machine, until it is told to stop. `hold`: takes one and keeps it.
 */
export async function run({ system, dir, key, hold }, { ready, stopped }) {
  const opened = await SYSTEMS[system].open(dir);
  const now = () => performance.timeOrigin + performance.now();
  const times = [];
  if (hold) {
    await opened.holdTurn(key, async () => {
      await ready();
      await stopped;
    });
  } else {
    await ready();
    let on = true;
    stopped.then(() => {
      on = false;
    });
    while (on) {
      let beganAt = 0;
      await opened.holdTurn(key, async () => {
        beganAt = now();
        await new Promise(setImmediate);
      });
      times.push({ beganAt, endedAt: now() });
      if (hold === false) break;
    }
  }
  await opened.close();
  return times;
}
