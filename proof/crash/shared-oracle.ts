/**
 * What a session must hold that all writers share, counted from their notes: every acknowledged
 * increment and record, none of them twice, and nothing that nobody tried. Last values would prove
 * nothing, because the next write heals them.
 */
import type { Found } from './programs/checker.ts';
import type { Note, Verb } from './witness.ts';

type Ack = Extract<Note, { what: 'ack' }>;

interface Call {
  writer: string;
  verb: Verb;
  key: string;
  id: string;
  from: number;
  /** When it was settled, or when the next process of its writer had begun. */
  to: number;
  ack?: Ack;
  refused: boolean;
}

/** The calls of one writer, oldest first. */
export function callsOf(writer: string, notes: readonly Note[]): Call[] {
  const calls = new Map<string, Call>();
  const open = new Set<Call>();
  for (const note of notes) {
    if (note.what === 'begin') {
      for (const call of open) call.to = note.at;
      open.clear();
    } else if (note.what === 'try') {
      const { verb, key, at } = note;
      const call = { writer, verb, key, id: note.try, from: at, to: Infinity, refused: false };
      calls.set(note.try, call);
      open.add(call);
    } else {
      const call = calls.get(note.try) as Call;
      call.to = note.at;
      call.refused = note.what === 'refused';
      if (note.what === 'ack') call.ack = note;
      open.delete(call);
    }
  }
  return [...calls.values()];
}

const done = ({ ack }: Call) => ack !== undefined;

/** What is wrong with a shared session. `restores`: an older entry may have come back. */
export function sharedProblems(
  calls: readonly Call[],
  { key, state, conversations }: Found,
  restores: boolean,
): string[] {
  const tried = calls.filter((call) => call.key === key && !call.refused);
  const removals = tried.filter(({ verb }) => verb === 'remove');
  // Whatever ended before a removal did may be gone with it.
  const removed = Math.max(Number.NEGATIVE_INFINITY, ...removals.map(({ to }) => to));
  const kept = tried.filter((call) => done(call) && call.from > removed);
  const problems = [
    ...lostAndStrange(tried, kept, conversations),
    ...twice(tried),
    ...miscounted(tried, kept, state?.entry ?? {}, restores),
  ];
  const revs = kept.map(({ ack }) => ack?.rev ?? 0);
  const rev = revs.reduce((most, each) => Math.max(most, each), 0);
  if ((state?.rev ?? 0) < rev) problems.push(`revision ${rev} was told and ${state?.rev} is there`);
  if (removals.length === 0) problems.push(...miscountedArchives(tried, conversations.length - 1));
  return problems.map((problem) => `${key}: ${problem}`);
}

function lostAndStrange(
  tried: readonly Call[],
  kept: readonly Call[],
  conversations: Found['conversations'],
): string[] {
  const ids = conversations.flatMap((each) => each.ids);
  const found = new Set(ids);
  const known = new Set(tried.filter(({ verb }) => verb === 'append').map(({ id }) => id));
  const lost = kept.filter(({ verb, id }) => verb === 'append' && !found.has(id));
  const sessionIds = conversations.map(({ sessionId }) => sessionId);
  const problems = lost.map(({ id }) => `record ${id} was acknowledged and is lost`);
  for (const id of ids) if (!known.has(id)) problems.push(`record ${id} was never tried`);
  if (found.size < ids.length) problems.push(`${ids.length - found.size} records are there twice`);
  if (new Set(sessionIds).size < sessionIds.length) problems.push('a conversation is there twice');
  return problems;
}

/** Two commits that were told the same revision of the same conversation: one took the other back. */
function twice(tried: readonly Call[]): string[] {
  const seen = new Map<string, string>();
  const problems: string[] = [];
  for (const { ack, verb, id } of tried) {
    if (!ack || (verb !== 'update' && verb !== 'reset')) continue;
    const commit = `${ack.sessionId} at ${ack.rev}`;
    const other = seen.get(commit);
    if (other) problems.push(`${other} and ${id} both made ${commit}`);
    seen.set(commit, id);
  }
  return problems;
}

function miscounted(
  tried: readonly Call[],
  kept: readonly Call[],
  entry: Record<string, unknown>,
  restores: boolean,
): string[] {
  const problems: string[] = [];
  const updates = (calls: readonly Call[], writer: string) =>
    calls.filter((call) => call.verb === 'update' && call.writer === writer).length;
  for (const writer of new Set(tried.map((call) => call.writer))) {
    const count = (entry[writer] ?? 0) as number;
    const least = restores ? 0 : updates(kept, writer);
    const most = updates(tried, writer);
    if (count < least) problems.push(`${least - count} updates of ${writer} are lost`);
    if (count > most) problems.push(`${writer} updated ${most} times and ${count} are counted`);
  }
  return problems;
}

function miscountedArchives(tried: readonly Call[], count: number): string[] {
  const resets = tried.filter(({ verb }) => verb === 'reset');
  // The first of all may have created the session: there was nothing to archive.
  const least = resets.filter(done).length - 1;
  if (count < least) return [`${least - count} archived conversations are lost`];
  if (count > resets.length) return [`${count} archives of ${resets.length} resets`];
  return [];
}
