import { openStore, type Store } from 'holdfast';
import { collect } from '../../src/contract/conformance/trial.ts';
import { Child, newDirectory } from './child.ts';

/** What a process that died at one of its calls has left. */
export interface Remains {
  /** How many calls it made. */
  calls: number;
  directory: string;
  /** A store that was open all the time, and had looked at everything. */
  observer: Store;
  /** It said that all was done before it died. */
  acknowledged: boolean;
  /** The number with the last of it. */
  last: number | undefined;
  store: Store;
}

/** Processes that die at the same time; more only wait for each other. */
const AT_ONCE = 4;
const CALLS_MAX = 400;

/**
 * Lets a process die before each of its calls that change something on the disk while it does one
 * thing to a prepared session, and looks at what every one of them has left. Resolves to the number
 * of calls.
 */
export async function dieAtEveryCall(
  key: string,
  what: string,
  prepare: (store: Store) => Promise<unknown>,
  look: (remains: Remains) => Promise<void>,
  { from = 1, step = 1 } = {},
): Promise<number> {
  let survived = false;
  let next = from;
  const one = async () => {
    while (!survived && next < CALLS_MAX) {
      const calls = next;
      next += step;
      const directory = newDirectory();
      const observer = await openStore(directory, { onWarning: () => undefined });
      await prepare(observer);
      await collect(observer.list());
      const child = new Child('dies-at-call', { words: [directory, key, what, String(calls)] });
      const { code, signal } = await child.ended;
      if (code !== 0 && signal !== 'SIGKILL') throw new Error(child.epitaph());
      survived ||= child.allSaid('survived').length > 0;
      const store = await openStore(directory, { onWarning: () => undefined });
      const said = child.allSaid<number | undefined>('acknowledged');
      const last = said.filter((n) => n !== undefined).at(-1);
      await look({ calls, directory, store, observer, acknowledged: said.length > 0, last });
      await store.close();
      await observer.close();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  if (!survived) throw new Error(`${what} made more than ${CALLS_MAX} calls`);
  console.log(`${what}: a process died before each of ${next - AT_ONCE} calls`);
  return next - AT_ONCE;
}
