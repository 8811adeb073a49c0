import { SYSTEMS } from '../systems/index.js';

/** Begins a turn of one session and stays in it until it is told to stop. */
export async function run({ system, dir, key }, { ready, stopped }) {
  const opened = await SYSTEMS[system].open(dir);
  await opened.holdTurn(key, async () => {
    await ready();
    await stopped;
  });
  await opened.close();
}
