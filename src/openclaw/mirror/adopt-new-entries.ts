/** Entries that another program added to the mirror become sessions, as in an adoption. */
import { isHoldfastError } from '../../model/errors.ts';
import { shown } from '../../model/text.ts';
import { type Assignment, assignTranscripts } from '../assign-transcripts.ts';
import { canonicalKey } from '../canonical-key.ts';
import { lowerCasedKey, newestSpelling } from '../case-variants.ts';
import type { Ledger } from '../ledger.ts';
import { type Candidate, pastOf, readEntry } from '../past-of.ts';
import { listSessionFiles } from '../session-files.ts';
import type { WholeSessionsJson } from '../sessions-json.ts';
import { SkillPrompts } from '../skill-prompts.ts';
import type { MirrorContext } from './mirror-context.ts';

/** An entry that can not be a session of the store, and stays in the file as it is. */
export interface RefusedEntry {
  key: string;
  value: unknown;
  reason: string;
}

/** `spelled`: its key as the file has it. */
type Spelled = Candidate & { spelled: string };

/** `sessions`: those of the store, by key, with their conversations. */
export async function adoptNewEntries(
  context: MirrorContext,
  fresh: ReadonlyMap<string, unknown>,
  list: WholeSessionsJson,
  sessions: ReadonlyMap<string, { sessionId: string }>,
  ledger: Ledger,
): Promise<RefusedEntry[]> {
  const refused: RefusedEntry[] = [];
  if (fresh.size === 0) return refused;
  const candidates = findCandidates(context, fresh, list.mtimeMs, sessions, refused);
  const { fs } = context.system;
  const files = await listSessionFiles(fs, context.paths.directory);
  if ('reason' in files) {
    for (const { spelled } of candidates) refuse(refused, fresh, spelled, files.reason);
    return refused;
  }
  // The sessions of the store are asked, too: a transcript of theirs is not given to another one.
  const owners = list.entries.flatMap(([key, value]) => {
    const owner = sessions.has(key) ? entryAt(context, key, value, list.mtimeMs) : undefined;
    return owner === undefined || 'reason' in owner ? [] : [{ ...owner, spelled: key }];
  });
  const assigned = await assignTranscripts([...owners, ...candidates], files, context.agentId);
  const prompts = new SkillPrompts(fs, context.paths.directory);
  for (const candidate of candidates) {
    const { file } = assigned.get(candidate) as Assignment;
    const reason = await adopt(context, candidate, file, prompts, ledger);
    if (reason !== undefined) refuse(refused, fresh, candidate.spelled, reason);
  }
  return refused;
}

function entryAt(
  { agentId, system }: MirrorContext,
  key: string,
  value: unknown,
  fileTime: number,
) {
  return readEntry(key, value, { agentId, fileTime, now: system.clock.now() });
}

function findCandidates(
  context: MirrorContext,
  fresh: ReadonlyMap<string, unknown>,
  fileTime: number,
  sessions: ReadonlyMap<string, { sessionId: string }>,
  refused: RefusedEntry[],
): Spelled[] {
  const spellings = new Map([...sessions.keys()].map((key) => [lowerCasedKey(key), key]));
  const owners = new Map([...sessions].map(([key, { sessionId }]) => [sessionId, key]));
  const candidates: Spelled[] = [];
  for (const [key, value] of fresh) {
    const canonical = canonicalKey(key, context);
    const found = entryAt(context, canonical, value, fileTime);
    const spelled = spellings.get(lowerCasedKey(canonical));
    const owner = 'reason' in found ? undefined : owners.get(found.sessionId);
    if ('reason' in found) refuse(refused, fresh, key, found.reason);
    else if (spelled !== undefined) {
      refuse(refused, fresh, key, `it is ${shown(spelled)} in other letters`);
    } else if (owner !== undefined) {
      refuse(refused, fresh, key, `its conversation is that of ${shown(owner)}`);
    } else {
      candidates.push({ ...found, spelled: key });
      owners.set(found.sessionId, key);
    }
  }
  const { kept, lost } = newestSpelling(candidates);
  for (const { candidate, to } of lost) {
    refuse(
      refused,
      fresh,
      candidate.spelled,
      `it is ${shown(to.spelled)} in other letters, which is newer`,
    );
  }
  return kept;
}

async function adopt(
  { backend }: MirrorContext,
  candidate: Candidate,
  file: string | undefined,
  prompts: SkillPrompts,
  ledger: Ledger,
): Promise<string | undefined> {
  const skills = candidate.fields.find(([field]) => field === 'skillsSnapshot')?.[1];
  const hydrated = await prompts.hydrate(skills);
  if ('failed' in hydrated) return hydrated.reason;
  const past = pastOf(candidate, file, 'reason' in hydrated ? skills : hydrated.snapshot);
  if ('reason' in past) return past.reason;
  try {
    await backend.adopt(candidate.key, past);
  } catch (error) {
    if (!isHoldfastError(error) || !['INVALID_ENTRY', 'LIMIT_EXCEEDED'].includes(error.code)) {
      throw error;
    }
    return error.message;
  }
  await ledger.add(candidate.key, candidate.sessionId);
  return undefined;
}

function refuse(
  refused: RefusedEntry[],
  fresh: ReadonlyMap<string, unknown>,
  key: string,
  reason: string,
): void {
  refused.push({ key, value: fresh.get(key), reason });
}
