/**
 * A writer of the crash campaign. It works without end on sessions of its own and of all writers, in
 * two strands at once, until it is killed.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { openStore, type Session, type SessionState, type Turn } from '../../../src/index.ts';
import { chanceOf } from '../../frame/run-facts.ts';
import { endWithParent, planOf } from '../../frame/with-parent.ts';
import { type Note, openWitness, type Seen, type Verb } from '../witness.ts';
import { listOf, textOf, type WriterPlan } from '../writer-plan.ts';
import { idsOf, requireWholeEntry, wholeIds } from './whole.ts';

endWithParent();
const plan = planOf<WriterPlan>();
const { name, own, shared, start, textMax } = plan;
const chance = chanceOf(plan.seed);
const witness = openWitness(plan.witness);
// One clock for all processes of the machine, so that notes of several writers can be compared.
const now = () => Number(process.hrtime.bigint() / 1_000n);
type Untimed<N> = N extends Note ? Omit<N, 'at'> : never;
const note = (what: Untimed<Note>) =>
  writeSync(witness, `${JSON.stringify({ at: now(), ...what })}\n`);

/** What may happen to a call without anything being wrong: others were faster. */
const REFUSALS = new Set(['SESSION_BUSY', 'TURN_LOST', 'SESSION_GONE']);
const open = () =>
  openStore(plan.directory, {
    ...plan.options,
    lockWaitMs: 60_000,
    onWarning: () => undefined,
  });
let tries = 0;

async function attempt(
  verb: Verb,
  key: string,
  run: (id: string) => Promise<Omit<Extract<Note, { what: 'ack' }>, 'at' | 'what' | 'try'>>,
  wanted?: string,
): Promise<void> {
  const id = `${name}.${start}.${tries++}`;
  if (tries === plan.callsToSay) process.stdout.write('worked\n');
  note({ what: 'try', try: id, verb, key, ...(wanted && { wanted }) });
  try {
    note({ what: 'ack', try: id, ...(await run(id)) });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined || !REFUSALS.has(code)) throw error;
    note({ what: 'refused', try: id, code });
  }
}

const told = ({ sessionId, rev }: SessionState) => ({ sessionId, rev });

function change(entry: SessionState['entry']) {
  const n = (entry.n ?? 0) + 1;
  const length = chance.below(textMax);
  const large = chance.below(8) === 0 ? { large: listOf(chance.below(3)) } : {};
  return { n, [name]: (entry[name] ?? 0) + 1, length, text: textOf(n, length), ...large };
}

function record() {
  const n = chance.below(1_000);
  const length = chance.below(textMax);
  return { type: 'note', by: name, n, length, text: textOf(n, length) };
}

const update = (to: Session | Turn) =>
  attempt('update', to.key, async () => told(await to.update(change)));
const append = (to: Session | Turn) =>
  attempt('append', to.key, async (id) => {
    const stored = await to.append(record(), { id });
    if (stored.id !== id) throw new Error(`${to.key}: ${id} came back as ${stored.id}`);
    return {};
  });

async function turn(session: Session): Promise<void> {
  // The beginning of a turn would create it, which is nothing that is noted.
  if (session.key === own && !(await session.read())) return update(session);
  try {
    await session.turn(
      async (running) => {
        await update(running);
        await append(running);
      },
      { waitMs: 50 },
    );
  } catch (error) {
    if (!REFUSALS.has((error as { code?: string }).code ?? '')) throw error;
  }
}

const reset = (session: Session) =>
  attempt('reset', session.key, async () => told(await session.reset({ reason: 'again' })));

async function restore(session: Session): Promise<void> {
  const former = idsOf(await session.archives());
  if (former.length === 0) return reset(session);
  const wanted = chance.pick(former);
  return attempt('restore', session.key, async () => told(await session.restore(wanted)), wanted);
}

const remove = (session: Session) =>
  attempt('remove', session.key, async () => ({ gone: await session.remove() }));

/** No cache hides what was acknowledged. */
async function list(): Promise<void> {
  const state = await store.session(own).read();
  let row: number | undefined;
  for await (const each of store.list()) if (each.key === own) row = each.rev;
  if (row !== state?.rev) throw new Error(`${own} is listed at ${row} instead of ${state?.rev}`);
}

function ownStep(): Promise<void> {
  const session = store.session(own);
  const choice = chance.below(100);
  if (choice < 35) return update(session);
  if (choice < 68) return append(session);
  if (choice < 78) return turn(session);
  if (choice < 86) return reset(session);
  if (choice < 92) return restore(session);
  return choice < 95 ? remove(session) : list();
}

function sharedStep(): Promise<void> {
  const which = chance.pick(['counted', 'restored', 'removed'] as const);
  const session = store.session(shared[which]);
  const choice = chance.below(100);
  if (choice < 45) return update(session);
  if (choice < 82) return append(session);
  if (choice < 91) return turn(session);
  if (choice < 94 || which === 'counted') return reset(session);
  return choice < 98 || which === 'restored' ? restore(session) : remove(session);
}

async function seenOwn(): Promise<Seen | null> {
  const session = store.session(own);
  const state = await session.read();
  if (!state) return null;
  requireWholeEntry(own, state.entry);
  const ids = await wholeIds(session, state.sessionId);
  return { ...told(state), n: state.entry.n ?? 0, ids, archives: idsOf(await session.archives()) };
}

async function strand(step: () => Promise<void>): Promise<never> {
  for (;;) {
    await step();
    // Whatever resolved at once must not keep the other strand and the timers from going on.
    await new Promise(setImmediate);
  }
}

let store = await open();
if (plan.closesFirst) {
  await store.close();
  store = await open();
}
note({ what: 'begin', key: own, seen: await seenOwn() });
await Promise.all([
  strand(() => (chance.below(2) === 0 ? ownStep() : sharedStep())),
  strand(sharedStep),
]);
