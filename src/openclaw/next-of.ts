import type { NextConversation, Past } from '../contract/backend.ts';

/** The conversation that followed a former one, which says why and when it ended. */
export function nextOf(
  { sessionId, entry, createdAt: beganAt, updatedAt }: Past,
  former: { ended?: { reason: string; archivedAt: number } },
): NextConversation {
  const { reason, archivedAt } = former.ended as NonNullable<typeof former.ended>;
  return { reason, archivedAt, sessionId, entry, beganAt, updatedAt };
}
