/** What every part of the mirror of one agent works with. */
import type { Backend } from '../../contract/backend.ts';
import type { Warning } from '../../contract/store.ts';
import type { Entry } from '../../model/state.ts';
import type { Processes } from '../../system/processes.ts';
import type { System } from '../../system/system.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { entryInDialect, type Told } from '../dialect/entry-in-dialect.ts';
import type { PromptFile } from '../dialect/prompt-file.ts';
import type { FieldNames } from './marks.ts';
import type { MirrorPaths } from './mirror-paths.ts';

/** The absolute path of a transcript, also of one that has no record yet. */
export type TranscriptPathOf = (key: string, sessionId: string, entry: Readonly<Entry>) => string;

export interface MirrorContext {
  readonly backend: Backend;
  readonly system: System;
  readonly processes: Processes;
  readonly dialect: Dialect;
  readonly transcriptPathOf: TranscriptPathOf;
  readonly agentId: string;
  /** What the settings of OpenClaw name the main session. */
  readonly mainKey: string;
  readonly paths: MirrorPaths;
  readonly names: FieldNames;
  readonly warn: (warning: Warning) => void;
}

/** The entry of a session as it stands in the mirror. */
export function mirrored(
  { dialect, transcriptPathOf }: MirrorContext,
  key: string,
  told: Told,
): { entry: Entry; file?: PromptFile } {
  return entryInDialect(told, dialect, transcriptPathOf(key, told.sessionId, told.entry));
}
