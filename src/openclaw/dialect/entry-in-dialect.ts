/** From a conversation of a store to an entry of `sessions.json`. */
import type { Entry } from '../../model/state.ts';
import { withDelivery } from './delivery.ts';
import type { Dialect } from './dialect.ts';
import { type PromptFile, refersToPrompt } from './prompt-file.ts';

/** The parts of a session's state that an entry tells. */
export interface Told {
  sessionId: string;
  updatedAt: number;
  entry: Readonly<Entry>;
}

/**
 * The entry as versions of the dialect write it: unknown fields as they are, delivery in agreement,
 * long prompts by reference. `sessionFile`: the absolute path of the transcript; `undefined` when it
 * has none yet. `file`: the prompt that must be there before the entry is.
 */
export function entryInDialect(
  { sessionId, updatedAt, entry }: Told,
  dialect: Dialect,
  sessionFile: string | undefined,
): { entry: Entry; file?: PromptFile } {
  const { sessionFile: _ours, ...fields } = withDelivery(entry, dialect);
  const told: Entry = {
    sessionId,
    updatedAt,
    ...(sessionFile !== undefined && { sessionFile }),
    ...fields,
  };
  if (!dialect.promptFiles || fields.skillsSnapshot === undefined) return { entry: told };
  const { snapshot, file } = refersToPrompt(fields.skillsSnapshot);
  told.skillsSnapshot = snapshot;
  return { entry: told, ...(file !== undefined && { file }) };
}
