import { HoldfastError } from '../../model/errors.ts';

/** `SESSION_GONE` for a conversation that a call needs. */
export function conversationGone(key: string, sessionId: string): HoldfastError {
  return new HoldfastError(
    'SESSION_GONE',
    `Session ${JSON.stringify(key)} has no conversation ${sessionId}. \`archives()\` lists those that it has.`,
    { key },
  );
}
