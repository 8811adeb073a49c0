/** Where the files of a mirror lie: the file itself where OpenClaw has it, the rest in the store's own part. */
import { join } from 'node:path';

export interface MirrorPaths {
  /** The real path of the agent's `sessions` directory. */
  readonly directory: string;
  readonly file: string;
  /** Relative to the store, for people. */
  readonly shown: string;
  /** Among the sessions; made by the store with the agent's first one. */
  readonly own: string;
  readonly state: string;
  readonly lock: string;
  readonly ledger: string;
}

export function mirrorPaths(root: string, agentId: string): MirrorPaths {
  const directory = join(root, 'agents', agentId, 'sessions');
  const own = join(directory, 'sessions.d');
  return {
    directory,
    file: join(directory, 'sessions.json'),
    shown: `agents/${agentId}/sessions/sessions.json`,
    own,
    state: join(own, 'mirror.jsonl'),
    lock: join(own, 'mirror.lock'),
    ledger: join(own, 'adopted.jsonl'),
  };
}

/** A temp file of `sessions.json` as OpenClaw names its own. */
export const TEMPORARY = /^sessions\.json\.\d+\.[0-9a-f-]{36}\.tmp$/;
