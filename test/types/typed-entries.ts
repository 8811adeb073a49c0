/**
 * What must compile, and what must not: each line under an `@ts-expect-error` is an error, or the
 * compiler complains. Nothing here runs; `typed-entries.test.ts` and `npm run typecheck` compile it.
 */
import {
  type Backend,
  type Entry,
  type ErrorCode,
  type HoldfastError,
  isHoldfastError,
  openStore,
  type Session,
  type SessionState,
  type Store,
  sessionKey,
  storeOver,
} from 'holdfast';
import { conformance } from 'holdfast/conformance';

/** Known fields and open ones. */
interface MyEntry extends Entry {
  model?: string;
  turns?: number;
  delivery?: { channel: string; to: string };
}

/** Known fields only. */
type StrictEntry = { model?: string; turns?: number };

export async function typedEntries(): Promise<void> {
  await using store = await openStore<MyEntry>('./state');
  const session: Session<MyEntry> = store.session('agent:main:main');

  await session.update({ model: 'opus', turns: 1, anything: { else: true } });
  await session.update({ model: null, turns: undefined });
  await session.update((entry) => ({ turns: (entry.turns ?? 0) + 1 }));
  await session.update({ delivery: { channel: 'slack', to: 'c1' } }, { ifRev: 1, ifExists: true });
  // @ts-expect-error: a model is a text
  await session.update({ model: 7 });
  // @ts-expect-error: what a function returns is a patch, too
  await session.update(() => ({ turns: 'many' }));
  // @ts-expect-error: work inside a commit is synchronous
  await session.update(async (entry) => ({ turns: (entry.turns ?? 0) + 1 }));
  // @ts-expect-error: there is no such precondition
  await session.update({}, { ifrev: 1 });

  const state = await session.read();
  // @ts-expect-error: a session may be missing
  state.rev.toFixed();
  if (!state) return;
  const model: string | undefined = state.entry.model;
  const rev: number = state.rev;
  // @ts-expect-error: a state is frozen
  state.entry.model = `${model} ${rev}`;

  const turns: number = await session.turn(async (turn) => {
    const after: SessionState<MyEntry> = await turn.update({ turns: 2 });
    await turn.append({ type: 'message', message: { role: 'user', content: 'hi' } });
    // @ts-expect-error: a turn is passed on, not reset
    await turn.reset();
    return after.entry.turns ?? 0;
  });
  const same: string = await session.turn(() => `${turns}`, { whenBusy: 'reject', label: 'x' });
  // @ts-expect-error: there are three ways to behave when it is busy
  await session.turn(() => same, { whenBusy: 'queue' });

  const record = await session.append({ type: 'note', text: 'free fields' }, { id: 'x' });
  const parent: string | null = record.parentId;
  // @ts-expect-error: a record has a type
  await session.append({ text: parent });
  // @ts-expect-error: a stored record does not change
  record.id = 'y';

  for await (const each of session.transcript({ last: 50 })) each.seq.toFixed();
  for await (const row of store.list({ updatedAfter: new Date(0), order: 'key' })) {
    const channel: string | undefined = row.channel;
    // @ts-expect-error: a row has no entry
    row.entry.toString(channel);
  }
  for (const archive of await session.archives()) archive.entry.model?.trim();
  // @ts-expect-error: a removal needs no demand that there is something
  await session.remove({ ifExists: true });
}

export async function strictEntries(store: Store<StrictEntry>): Promise<void> {
  await store.session('global').update({ model: 'opus' });
  // @ts-expect-error: this entry has no other fields
  await store.session('global').update({ other: 1 });
}

export async function openEntries(): Promise<void> {
  const store = await openStore(new URL('file:///tmp/state'));
  const state = await store.session(sessionKey({ agentId: 'main' })).update({ anything: 1 });
  state.entry.anything.toFixed();
  // @ts-expect-error: an option that does not exist
  await openStore('memory:', { turnwaitMs: 1 });
}

export function errors(error: unknown): ErrorCode | undefined {
  if (!isHoldfastError(error)) return undefined;
  const known: HoldfastError = error;
  if (known.code === 'SESSION_BUSY' && known.retry === 'later') return known.code;
  // @ts-expect-error: the list of codes is closed
  return known.code === 'SESSION_LOST' ? undefined : known.code;
}

export async function authorsOfBackEnds(open: () => Promise<Backend>): Promise<void> {
  const store = await storeOver<MyEntry>(await open(), { instance: 'mine' });
  conformance({
    test: (_title, run) => run(),
    open: async (options) => storeOver(await open(), options),
    openBackend: open,
  });
  await store.close();
}
