/** Whether what was read is what one writer once wrote, whole. Throws where it is not. */
import type { Archive, Session, SessionState, TranscriptRecord } from '../../../src/index.ts';
import { listOf, textOf } from '../writer-plan.ts';

type Entry = SessionState['entry'];

export function requireWholeEntry(key: string, entry: Entry): void {
  const { n = 0, length = 0, text = '', large, ...fields } = entry;
  if (text !== textOf(n, length)) throw new Error(`${key}: the text of update ${n} is torn`);
  if (large && JSON.stringify(large) !== JSON.stringify(listOf(large.n))) {
    throw new Error(`${key}: a large value is torn`);
  }
  const counters = Object.entries(fields).filter(([name]) => /^w\d+$/.test(name));
  const sum = counters.reduce((all, [, count]) => all + count, 0);
  // No increment took another one back.
  if (sum !== n) throw new Error(`${key}: its writers counted ${sum}, all together ${n}`);
}

/** Ids that callers gave, of one conversation; each record whole, all of them one chain. */
export async function wholeIds(session: Session, sessionId: string): Promise<string[]> {
  const ids: string[] = [];
  let parent: string | null = null;
  const records = session.transcript({ sessionId, onDamage: 'throw' });
  for await (const record of records as AsyncIterable<TranscriptRecord>) {
    if (record.parentId !== parent) throw new Error(`${session.key}: ${record.id} forks the tree`);
    if (record.text !== textOf(record.n, record.length)) {
      throw new Error(`${session.key}: record ${record.id} is torn`);
    }
    parent = record.id;
    ids.push(record.id);
  }
  return ids;
}

export const idsOf = (archives: Archive[]) => archives.map(({ sessionId }) => sessionId);
