/**
 * Clients that work on the same sessions while something is done to their server, and what must be
 * true of it afterwards.
 */
import { expect } from 'vitest';
import { collect, until } from '../../src/contract/conformance/trial.ts';
import { openStore, type Session, type Store } from '../../src/index.ts';

const KEYS = ['agent:main:chat:1', 'agent:main:chat:2'];
/** Between two tries at a server that is not there. */
const AGAIN_MS = 20;

type Chance = { below(max: number): number; pick<T>(of: readonly T[]): T };

/** What one client did, and was told. */
interface Client {
  name: string;
  store: Store;
  /** Calls that succeeded. */
  done: number;
  /** Its own counter in each session, as often as it was told that it rose. */
  counts: Map<string, number>;
  /** Ids of records that it was told are there. */
  ids: Map<string, string[]>;
  errors: Record<string, number>;
  /** What failed in a way that it must not. */
  broken: string[];
}

const codeOf = (error: unknown): string => {
  const { code, name } = error as { code?: string; name: string };
  return name === 'HoldfastError' && code !== undefined ? code : String(error);
};

function told(client: Client, error: unknown, ...others: string[]): string {
  const code = codeOf(error);
  client.errors[code] = (client.errors[code] ?? 0) + 1;
  if (!['IO_FAILED', 'OUTCOME_UNKNOWN', ...others].includes(code)) {
    client.broken.push(`${(error as Error).stack}`);
  }
  return code;
}

/** Makes a call that is safe to repeat until it succeeds. */
async function atLast<T>(client: Client, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      told(client, error);
      if (client.broken.length > 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** Raises its counter by a patch; whatever fails is repeated with the same condition. */
async function patch(client: Client, session: Session): Promise<void> {
  const counted = client.counts.get(session.key) ?? 0;
  for (let doubt = false; ; ) {
    const state = await atLast(client, () => session.read());
    const seen = (state?.entry[client.name] as number | undefined) ?? 0;
    if (seen === counted + 1 && doubt) break;
    if (seen !== counted) {
      client.broken.push(`${client.name} counted ${counted}, and ${seen} is there`);
      return;
    }
    try {
      await session.update({ [client.name]: counted + 1 }, { ifRev: state?.rev ?? 0 });
      break;
    } catch (error) {
      const code = told(client, error, 'REV_CONFLICT', 'SESSION_GONE');
      // Nothing was changed, says every other code; the next look shows whether that is so.
      doubt ||= code === 'OUTCOME_UNKNOWN';
    }
  }
  client.counts.set(session.key, counted + 1);
}

/** Appends a record under an id of its own until that succeeds. */
async function append(client: Client, session: Session): Promise<void> {
  const ids = client.ids.get(session.key) ?? [];
  client.ids.set(session.key, ids);
  const id = `${client.name}-${ids.length}`;
  await atLast(client, () => session.append({ type: 'note', by: client.name }, { id }));
  ids.push(id);
}

/** A turn that writes down under which fence it wrote. */
async function turn(client: Client, session: Session): Promise<void> {
  try {
    await session.turn(async (held) => {
      for (let n = 0; n < 3; n += 1) {
        const { id } = await held.append({ type: 'fenced', fence: held.fence });
        client.ids.set(session.key, [...(client.ids.get(session.key) ?? []), id]);
      }
    });
  } catch (error) {
    told(client, error, 'TURN_LOST');
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Works until it is told to stop. */
async function work(client: Client, chance: Chance, stopped: () => boolean): Promise<void> {
  while (!stopped() && client.broken.length === 0) {
    const session = client.store.session(chance.pick(KEYS));
    const choice = chance.below(10);
    if (choice < 4) await patch(client, session);
    else if (choice < 8) await append(client, session);
    else await turn(client, session);
    client.done += 1;
  }
}

/** Lets some clients work while `disturb` does its part, and on until each has worked afterwards. */
export async function underLoad(
  url: string,
  chance: Chance,
  disturb: (worked: (calls: number) => Promise<void>) => Promise<void>,
): Promise<{ errors: Record<string, number>; acknowledged: number }> {
  const clients = await Promise.all(
    ['a', 'b', 'c'].map(async (name): Promise<Client> => {
      const store = await openStore(url, { lockWaitMs: 2_000, onWarning: () => undefined });
      const made = { counts: new Map(), ids: new Map(), errors: {}, broken: [] };
      return { name, store, done: 0, ...made };
    }),
  );
  let stop = false;

  const all = clients.map((client) => work(client, chance, () => stop));
  const worked = (calls: number) => {
    const wanted = new Map(clients.map((client) => [client, client.done + calls]));
    return until('every client has worked on', () =>
      clients.every((one) => one.broken.length > 0 || one.done >= (wanted.get(one) as number)),
    );
  };
  try {
    await disturb(worked);
  } finally {
    stop = true;
    await Promise.all(all);
  }
  expect(clients.flatMap(({ broken }) => broken)).toEqual([]);
  const acknowledged = await lookedAt(url, clients);
  const errors: Record<string, number> = {};
  for (const client of clients) {
    for (const [code, count] of Object.entries(client.errors)) {
      errors[code] = (errors[code] ?? 0) + count;
    }
    await client.store.close();
  }
  return { errors, acknowledged };
}

/** What a store that has seen nothing of it finds: everything that was told, once. */
async function lookedAt(url: string, clients: readonly Client[]): Promise<number> {
  const store = await openStore(url);
  let acknowledged = 0;
  for (const key of KEYS) {
    const session = store.session(key);
    const entry = (await session.read())?.entry ?? {};
    const records = await collect(session.transcript());
    const ids = records.map(({ id }) => id);
    for (const { name, counts, ids: given } of clients) {
      expect([name, entry[name] ?? 0]).toEqual([name, counts.get(key) ?? 0]);
      const lost = (given.get(key) ?? []).filter((id) => !ids.includes(id));
      expect([name, lost]).toEqual([name, []]);
      acknowledged += (counts.get(key) ?? 0) + (given.get(key)?.length ?? 0);
    }
    expect(new Set(ids).size, 'records doubled').toBe(ids.length);
    const fences = records.filter(({ type }) => type === 'fenced').map(({ fence }) => fence);
    expect(fences, 'no turn wrote after a later one').toEqual(
      [...(fences as number[])].sort((x, y) => x - y),
    );
  }
  const { problems } = await store.verify();
  expect(problems.filter(({ severity }) => severity === 'damage')).toEqual([]);
  await store.close();
  return acknowledged;
}
