/** Sessions as another program or another store has them. */
import type { Backend, Guard, NextConversation } from '../../contract/backend.ts';
import { conversationTaken, sessionGone } from '../../contract/check-guard.ts';
import { copyJson } from '../../model/copy-json.ts';
import type { JsonObject } from '../../model/json.ts';
import { checkSessionId } from '../../model/session-id.ts';
import type { Entry } from '../../model/state.ts';
import { type PostgresContext, untilDone } from './context.ts';
import { createSession } from './create-session.ts';
import { escapeText } from './escape-json.ts';
import { checkState, Values } from './guard-conditions.ts';
import { afterLoss, nextConversation } from './next-conversation.ts';
import { readState } from './read-state.ts';
import { jsonb, type Row } from './session-row.ts';
import { keepStatics } from './static-rows.ts';

export function adopting(context: PostgresContext): Pick<Backend, 'adopt' | 'adoptNext'> {
  const { writes } = context;
  return {
    adopt: (key, past) =>
      writes.run(key, undefined, async () => {
        const entry = copyJson(past.entry, 'entry', { key }) as Entry;
        return (await createSession(context, key, { entry, past })) !== undefined;
      }),

    adoptNext: (key, next, guard) =>
      writes.run(key, guard.signal, () => {
        checkSessionId(next.sessionId);
        const entry = copyJson(next.entry, 'entry', { key }) as JsonObject;
        return untilDone(context, key, guard.signal, async (tries) => {
          const row = await nextRow(context, key, { ...next, entry }, guard);
          if (row) return afterLoss(context, row, 'reset');
          const state = await readState(context, key);
          checkState(key, state, guard);
          if (!state) throw sessionGone(key);
          // A second look: what stood in the way may have been another state than this one.
          if (tries > 1) throw conversationTaken(key, next.sessionId);
          return undefined;
        });
      }),
  };
}

function nextRow(
  context: PostgresContext,
  key: string,
  next: NextConversation & { entry: JsonObject },
  guard: Guard,
): Promise<Row | undefined> {
  const { tables, statics } = context;
  const values = new Values();
  const placed = statics.place(key, next.entry);
  const sessionId = `${values.add(next.sessionId)}::text`;
  return nextConversation(
    context,
    key,
    {
      first: keepStatics(tables, placed.texts, values),
      reason: `${values.add(escapeText(next.reason))}::text`,
      archivedAt: `${values.add(next.archivedAt)}::bigint`,
      sessionId,
      beganAt: `${values.add(next.beganAt)}::bigint`,
      entry: `${values.add(jsonb(placed.inline))}::jsonb`,
      statics: `${values.add(jsonb(placed.hashes))}::jsonb`,
      updatedAt: `${values.add(next.updatedAt)}::bigint`,
      only: ` and s.session_id <> ${sessionId} and not exists (
        select from ${tables.archives} a where a.key = s.key and a.session_id = ${sessionId})`,
    },
    guard,
    values,
  );
}
