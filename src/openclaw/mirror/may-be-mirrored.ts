/**
 * Whether a mirror may take the place of what lies there. A `sessions.json` of sessions that the
 * store does not have is adopted first; and versions that keep their sessions in SQLite refuse to
 * start beside one.
 */
import { dirname } from 'node:path';
import { isHoldfastError } from '../../model/errors.ts';
import { directoryKind } from '../own-file.ts';
import { readEntry } from '../past-of.ts';
import { readSessionsJson } from '../sessions-json.ts';
import { keepsSessionsInSqlite } from '../sqlite-era.ts';
import { factsAt } from './file-facts.ts';
import type { MirrorContext } from './mirror-context.ts';

/** Why not, as the end of a sentence, or `undefined`. Reads the file only before the first mirror. */
export async function whyNotMirrored(context: MirrorContext): Promise<string | undefined> {
  const { system, paths, agentId } = context;
  const { fs } = system;
  if (await keepsSessionsInSqlite(fs, dirname(paths.directory))) {
    return `OpenClaw keeps the sessions of agent ${agentId} in SQLite, and does not start beside a sessions.json`;
  }
  if ((await factsAt(fs, paths.file)) === undefined) return undefined;
  if ((await directoryKind(fs, paths.own)) === 'directory') {
    if ((await factsAt(fs, paths.ledger)) !== undefined) return undefined;
    if ((await factsAt(fs, paths.state)) !== undefined) return undefined;
  }
  return await whyNotAdopted(context);
}

/** Nothing was adopted of this agent: well enough when there is nothing to adopt. */
async function whyNotAdopted(context: MirrorContext): Promise<string | undefined> {
  const { backend, system, paths, agentId } = context;
  const adoptFirst = `the store has not taken over ${paths.shown}; run \`holdfast adopt\` first`;
  const list = await readSessionsJson(system.fs, paths.file);
  if ('missing' in list) return undefined;
  if ('reason' in list) return `${adoptFirst} (${list.reason})`;
  const where = { agentId, fileTime: list.mtimeMs, now: system.clock.now() };
  for (const [key, value] of list.entries) {
    if ('reason' in readEntry(key, value, where)) continue;
    try {
      if ((await backend.read(key)) === undefined) return adoptFirst;
    } catch (error) {
      // It is damaged, and so it is there.
      if (!isHoldfastError(error) || error.code !== 'ENTRY_DAMAGED') throw error;
    }
  }
  return undefined;
}
