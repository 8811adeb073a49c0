/**
 * The next mirror as a temp file: every entry of the agent, each session read only when it has
 * changed since it was written; the text of all others is copied from the present file.
 */
import { isHoldfastError } from '../../model/errors.ts';
import type { SessionState } from '../../model/state.ts';
import { OPEN } from '../../system/file-system.ts';
import { type Identity, identityOf, removeIfThere } from './file-facts.ts';
import { type Marks, marksOf } from './marks.ts';
import { type MirrorContext, mirrored } from './mirror-context.ts';
import { entryText, MirrorText } from './mirror-text.ts';
import { PieceWriter } from './piece-writer.ts';
import type { PromptFolder } from './prompt-folder.ts';
import type { SessionRow, SessionRows } from './session-rows.ts';
import { isCarried, type MirrorEntry, type WrittenEntry } from './written.ts';

export interface DraftAsk {
  /** Every session of the agent. */
  rows: SessionRows;
  /** What stands in the present file, in its order, and entries that are carried along. */
  present: ReadonlyMap<string, MirrorEntry>;
  /** The text of unchanged entries may be copied from there. */
  copyFrom: string | undefined;
  /** Sessions that could not be read, with the revision at which that was found. */
  unread: Map<string, number>;
  prompts: PromptFolder;
  temporary: string;
}

export interface Draft {
  file: Identity;
  entries: Map<string, MirrorEntry>;
}

/** `undefined`: the present file is not what it was, and nothing was made. */
export async function draftMirror(
  context: MirrorContext,
  ask: DraftAsk,
): Promise<Draft | undefined> {
  const { fs } = context.system;
  await removeIfThere(fs, ask.temporary);
  const from = ask.copyFrom === undefined ? -1 : await fs.open(ask.copyFrom, OPEN.read, 0);
  try {
    const to = await fs.open(ask.temporary, OPEN.createNew, 0o600);
    try {
      const text = new MirrorText(new PieceWriter(context.system, to), from);
      const entries = await writeEntries(context, ask, text);
      if (!(await text.end())) return undefined;
      return { file: identityOf(await fs.fstat(to)), entries };
    } finally {
      await fs.close(to);
    }
  } finally {
    if (from >= 0) await fs.close(from);
  }
}

/** As they stood in the file; what is new comes last, oldest first, as the program would add it. */
function keysInOrder({ rows, present }: DraftAsk): string[] {
  const kept = [...present].filter(([key, entry]) => rows.has(key) || isCarried(entry));
  const added = [...rows.values()].filter(({ key }) => !present.has(key));
  added.sort((a, b) => a.createdAt - b.createdAt);
  return [...kept.map(([key]) => key), ...added.map(({ key }) => key)];
}

async function writeEntries(
  context: MirrorContext,
  ask: DraftAsk,
  text: MirrorText,
): Promise<Map<string, MirrorEntry>> {
  const entries = new Map<string, MirrorEntry>();
  for (const key of keysInOrder(ask)) {
    const row = ask.rows.get(key);
    const present = ask.present.get(key);
    if (row === undefined) {
      if (!isCarried(present)) continue;
      await text.add(entryText(key, JSON.parse(present.carried)));
      entries.set(key, present);
      continue;
    }
    const former = isCarried(present) ? undefined : present;
    const copied = ask.copyFrom !== undefined && former !== undefined;
    if (copied && isCurrent(former, row)) {
      entries.set(key, { ...former, at: await text.keep(former) });
      continue;
    }
    const read = await readEntry(context, ask, key);
    if (read === 'gone') continue;
    if (read !== 'unreadable') entries.set(key, await writeEntry(context, read, text, ask.prompts));
    else {
      ask.unread.set(key, row.rev);
      const { rev, updatedAt } = row;
      if (copied) entries.set(key, { ...former, rev, updatedAt, at: await text.keep(former) });
    }
  }
  return entries;
}

/** Whether what stands in the file is the session as it is now. */
export function isCurrent(entry: MirrorEntry | undefined, row: SessionRow): boolean {
  if (entry === undefined || isCarried(entry)) return false;
  return entry.rev === row.rev && entry.updatedAt === row.updatedAt;
}

async function writeEntry(
  context: MirrorContext,
  state: SessionState,
  text: MirrorText,
  prompts: PromptFolder,
): Promise<WrittenEntry> {
  const { entry, file } = mirrored(context, state.key, state);
  if (file !== undefined) await prompts.hold(file);
  const { at, length } = await text.add(entryText(state.key, entry));
  const marks: Marks = marksOf(entry, context.names);
  return { rev: state.rev, updatedAt: state.updatedAt, at, length, marks };
}

async function readEntry(
  { backend, warn }: MirrorContext,
  { unread, rows }: DraftAsk,
  key: string,
): Promise<SessionState | 'gone' | 'unreadable'> {
  try {
    return (await backend.read(key)) ?? 'gone';
  } catch (error) {
    if (!isHoldfastError(error) || error.code !== 'ENTRY_DAMAGED') throw error;
    if (unread.get(key) !== rows.get(key)?.rev) {
      const message = `The mirror has session ${JSON.stringify(key)} as it last was: ${error.message}`;
      warn({ code: 'MIRROR_STALE', key, message });
    }
    const good = error.lastGood as SessionState | undefined;
    return good === undefined ? 'unreadable' : { ...good, key };
  }
}
