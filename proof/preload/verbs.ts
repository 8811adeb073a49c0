import type { Session, Store } from '../../src/index.ts';

/** One verb of the public face, with what has to be there before. */
export interface Verb {
  name: string;
  prepare(session: Session, store: Store): Promise<unknown>;
  /** Done by the store that is about to be tried. */
  hold?(session: Session, store: Store): Promise<unknown>;
  run(session: Session, store: Store): Promise<unknown>;
}

const nothing = async () => undefined;
const note = (text: string) => ({ type: 'note', text });

async function lively(session: Session): Promise<void> {
  await session.update({ model: 'opus', n: 0 });
  await session.append(note('first'));
  await session.reset({ reason: 'new' });
  await session.append(note('second'));
}

const large = { list: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };

async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The conversation that was archived last. */
let former = 'none';

export const VERBS: readonly Verb[] = [
  { name: 'create', prepare: nothing, run: (session) => session.update({ n: 1 }) },
  { name: 'update', prepare: lively, run: (session) => session.update({ n: 1 }) },
  {
    name: 'update with a large value',
    prepare: lively,
    hold: (_, store) => store.session('agent:main:other').update({ large }),
    run: (session) => session.update({ large }),
  },
  {
    name: 'append',
    prepare: lively,
    run: (session) => session.append(note('third'), { id: 'third' }),
  },
  { name: 'first append', prepare: nothing, run: (session) => session.append(note('first')) },
  { name: 'reset', prepare: lively, run: (session) => session.reset() },
  {
    name: 'restore',
    prepare: lively,
    hold: async (session) => {
      former = (await session.archives())[0]?.sessionId ?? 'none';
    },
    run: (session) => session.restore(former),
  },
  { name: 'remove', prepare: lively, run: (session) => session.remove() },
  {
    name: 'turn',
    prepare: lively,
    run: (session) => session.turn((turn) => turn.update({ n: 1 })),
  },
  { name: 'list', prepare: lively, run: (_, store) => collect(store.list()) },
  { name: 'verify', prepare: lively, run: (_, store) => store.verify() },
];
