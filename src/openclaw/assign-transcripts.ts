/**
 * Which transcript belongs to which session: at most one session each.
 *
 * A transcript is a session's own when its name or its header carries the session's id. What an
 * entry says decides only among own ones, or where the file is nobody's: an entry that refers to the
 * transcript of another session is contaminated, and its session begins a new one unless a
 * transcript of its own is found by header.
 */
import { cutText, shown } from '../model/text.ts';
import type { SessionFiles } from './session-files.ts';
import { valueKind } from './value-kind.ts';

export interface Claimant {
  key: string;
  sessionId: string;
  updatedAt: number;
  /** `sessionFile` as the entry has it: any JSON value, or `undefined`. */
  stored: unknown;
}

export interface Assignment {
  /** The transcript's name in the `sessions` directory; `undefined`: the session begins a new one. */
  file: string | undefined;
  /** Set when `stored` was not followed as it stands. */
  notice: string | undefined;
  /** `stored` names the file in the same place under another home. */
  moved: boolean;
}

/** Assigns for all sessions of one agent. `agentFolder` is the name of its directory. */
export async function assignTranscripts<C extends Claimant>(
  claimants: readonly C[],
  files: SessionFiles,
  agentFolder: string,
): Promise<Map<C, Assignment>> {
  const newestFirst = [...claimants].sort((a, b) => b.updatedAt - a.updatedAt);
  const ids = new Set(claimants.map((claimant) => claimant.sessionId));
  const ownerOf = new Map<string, C>();
  const fileOf = new Map<C, string>();
  const take = (claimant: C, names: readonly (string | undefined)[]) => {
    const free = names.find((name) => name !== undefined && !ownerOf.has(name));
    if (free === undefined || fileOf.has(claimant)) return;
    ownerOf.set(free, claimant);
    fileOf.set(claimant, free);
  };

  const storedName = new Map(newestFirst.map((c) => [c, nameIn(files, c.stored)]));
  for (const claimant of newestFirst) {
    const name = storedName.get(claimant);
    const own = files.named(claimant.sessionId);
    if (
      name !== undefined &&
      (own.includes(name) || (await files.headerId(name)) === claimant.sessionId)
    ) {
      take(claimant, [name]);
    }
  }
  for (const claimant of newestFirst) take(claimant, files.named(claimant.sessionId));
  for (const claimant of newestFirst) {
    if (!fileOf.has(claimant)) take(claimant, await files.headed(claimant.sessionId));
  }
  for (const claimant of newestFirst) {
    const name = storedName.get(claimant);
    if (name === undefined || fileOf.has(claimant)) continue;
    const header = await files.headerId(name);
    if (header === undefined || !ids.has(header)) take(claimant, [name]);
  }

  const assigned = new Map<C, Assignment>();
  for (const claimant of claimants) {
    const file = fileOf.get(claimant);
    const stored = storedName.get(claimant);
    const owner = stored === undefined ? undefined : ownerOf.get(stored);
    const toldElsewhere = owner === claimant ? undefined : owner?.key;
    assigned.set(claimant, explain(claimant, file, stored, toldElsewhere, files, agentFolder));
  }
  return assigned;
}

/** The name of the file that `sessionFile` means, when a transcript of that name is there. */
function nameIn(files: SessionFiles, stored: unknown): string | undefined {
  const name = baseName(stored);
  return name !== undefined && files.transcripts.has(name) ? name : undefined;
}

/** What stands after the last separator, of any system; `undefined` for what is no path. */
function baseName(stored: unknown): string | undefined {
  return typeof stored === 'string' ? stored.split(/[/\\]/).at(-1) : undefined;
}

function explain(
  claimant: Claimant,
  file: string | undefined,
  storedName: string | undefined,
  ownerKey: string | undefined,
  files: SessionFiles,
  agentFolder: string,
): Assignment {
  const { stored } = claimant;
  const instead = file === undefined ? 'a new one begins' : `${file} is used`;
  const told = (why: string): Assignment => ({ file, notice: `${why}; ${instead}`, moved: false });

  if (file !== undefined && file === storedName) {
    if (stored === file) return { file, notice: undefined, moved: false };
    const place = `/agents/${agentFolder}/sessions/${file}`;
    const moved = (stored as string).replaceAll('\\', '/').endsWith(place);
    if (moved) return { file, notice: undefined, moved };
    return told(`its sessionFile ${quoted(stored)} does not lie in this directory`);
  }
  if (ownerKey !== undefined) {
    return told(`its transcript ${storedName} belongs to session ${shown(ownerKey)}`);
  }
  if (storedName !== undefined)
    return told(`its transcript ${storedName} is another conversation's`);
  if (stored === undefined) {
    const odd = file === undefined && files.odd.get(`${claimant.sessionId}.jsonl`);
    if (odd) return told(`its transcript ${claimant.sessionId}.jsonl is not opened: ${odd}`);
    return { file, notice: undefined, moved: false };
  }
  if (typeof stored !== 'string') {
    return told(`its sessionFile is ${valueKind(stored)}, not a path`);
  }
  if (stored === '') return told('its sessionFile is empty');
  const odd = files.odd.get(baseName(stored) as string);
  if (odd !== undefined)
    return told(`its transcript ${quoted(baseName(stored))} is not opened: ${odd}`);
  return told(`its transcript ${quoted(stored)} is not there`);
}

function quoted(text: unknown): string {
  return shown(cutText(String(text), 200), 200);
}
