/** A process that has seen nothing before: it opens what the crashes left, and tells all of it. */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { openStore, type Session } from '../../../src/index.ts';
import { endWithParent, planOf } from '../../frame/with-parent.ts';
import type { CheckPlan } from '../writer-plan.ts';
import { requireWholeEntry, wholeIds } from './whole.ts';

/** Everything of one session. */
export interface Found {
  key: string;
  state: { rev: number; sessionId: string; entry: Record<string, unknown> } | null;
  /** Of the active conversation first; then of the archived ones, newest first. */
  conversations: { sessionId: string; ids: string[] }[];
}

export interface Report {
  sessions: Found[];
  listed: { key: string; rev: number }[];
  damage: string[];
  notices: string[];
}

endWithParent();
const { directory, keys, report: path } = planOf<CheckPlan>();
const store = await openStore(directory, { onWarning: () => undefined });

async function found(session: Session): Promise<Found> {
  const { key } = session;
  const state = await session.read();
  const archives = await session.archives();
  if (!state && archives.length > 0) throw new Error(`${key} is missing but has archives`);
  const conversations: Found['conversations'] = [];
  for (const { sessionId, entry } of state ? [state, ...archives] : []) {
    requireWholeEntry(key, entry);
    conversations.push({ sessionId, ids: await wholeIds(session, sessionId) });
  }
  if (!state) return { key, state: null, conversations };
  const { rev, sessionId, entry } = state;
  return { key, state: { rev, sessionId, entry }, conversations };
}

/** Nothing is held and nothing has to be mended by hand. */
async function goOn(session: Session): Promise<void> {
  const former = await session.read();
  const rev = (await session.update({ checked: true })).rev;
  if (rev !== (former?.rev ?? 0) + 1) throw new Error(`${session.key} went on at ${rev}`);
  await session.turn((turn) => turn.append({ type: 'note' }), { whenBusy: 'reject' });
  await session.reset();
}

const sessions: Found[] = [];
for (const key of keys) sessions.push(await found(store.session(key)));
const listed: Report['listed'] = [];
for await (const { key, rev } of store.list({ order: 'key' })) listed.push({ key, rev });
const { problems } = await store.verify();
const told = problems.map(({ severity, code, path, message }) => ({
  severity,
  text: `${code} ${path}: ${message}`,
}));
const texts = (wanted: string) =>
  told.filter((each) => each.severity === wanted).map((each) => each.text);
for (const key of keys) await goOn(store.session(key));
const after = await store.verify();
await store.close();
const damage = [...texts('damage'), ...(after.ok ? [] : ['damage after the check'])];
const report: Report = { sessions, listed, damage, notices: texts('notice') };
writeFileSync(path, JSON.stringify(report));
process.exit(0);
