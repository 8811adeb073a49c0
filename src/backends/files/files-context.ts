import type { Warning } from '../../contract/store.ts';
import type { System } from '../../system/system.ts';
import type { AgentFiles } from './agent-files.ts';
import type { DescriptorPool } from './descriptor-pool.ts';
import type { Disk } from './disk.ts';
import type { SessionFiles } from './session-files.ts';

/** What all parts of one opened store share. */
export interface FilesContext {
  readonly system: System;
  /** The store's directory, with every link in the way to it resolved. */
  readonly root: string;
  /** An acknowledged write also survives power loss. */
  readonly power: boolean;
  readonly lockWaitMs: number;
  readonly instance: string;
  /** The store is being closed: nothing new begins. */
  readonly closed: boolean;
  readonly disk: Disk;
  readonly pool: DescriptorPool;
  /** Sessions whose logs are being folded. */
  readonly folds: Set<SessionFiles>;
  agent(agentId: string): AgentFiles;
  /** Every agent that has a directory in the store. */
  agents(): AgentFiles[];
  session(key: string): SessionFiles;
  warn(warning: Warning): void;
  /** Work that goes on after its caller was answered; `close` waits for it. */
  later(work: Promise<void>): void;
}
