/** The three steps of a write, behind which a crash leaves nothing that could be taken for an edit. */
import { factsAt, type Identity, identityOf, sameFile } from './file-facts.ts';
import { underListLock } from './list-lock.ts';
import type { MirrorContext } from './mirror-context.ts';
import { replaceFile } from './replace-file.ts';
import { notePlaced, writeState } from './state-file.ts';
import type { Written } from './written.ts';

/**
 * Puts a file that is whole in the place of the one that was looked at (`before`). `changed`: another
 * program has written there since. `locked`: one holds the lock of its version.
 */
export async function placeMirror(
  context: MirrorContext,
  next: Written,
  before: Identity | undefined,
  temporary: string,
): Promise<'placed' | 'changed' | 'locked'> {
  const { system, processes, paths, dialect } = context;
  let outcome: 'placed' | 'changed' | 'locked' = 'locked';
  const place = async () => {
    const facts = await factsAt(system.fs, paths.file);
    outcome = 'changed';
    if (!sameFile(facts && identityOf(facts), before)) return;
    await writeState(system, paths.state, next);
    await replaceFile(system, temporary, paths.file);
    await notePlaced(system, paths.state);
    next.placed = true;
    next.former.clear();
    outcome = 'placed';
  };
  if (dialect.lockTime === undefined) await place();
  else await underListLock(system, processes, paths.file, dialect.lockTime, place);
  return outcome;
}
