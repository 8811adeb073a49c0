import type { Backend } from '../../contract/backend.ts';
import { shown } from '../../model/text.ts';
import { AGENT_ID } from '../state-dir.ts';
import type { LeftOut } from './release-report.ts';

/** Sessions in which a copy between stores keeps its own notes. */
const COPY_KEYS = 'agent:holdfast:copy:';

export interface KeysOfAgents {
  keys: Map<string, string[]>;
  leftOut: LeftOut[];
  count: number;
}

/** The keys of a store by their agents; those of agents that OpenClaw can not have are left out. */
export async function keysOfAgents(backend: Backend): Promise<KeysOfAgents> {
  const keys = new Map<string, string[]>();
  const leftOut: LeftOut[] = [];
  let count = 0;
  for await (const { key, agentId } of backend.list({ order: 'key' })) {
    if (key.startsWith(COPY_KEYS)) {
      leftOut.push({ key, reason: 'it holds the notes of a copy that did not come to an end' });
    } else if (!AGENT_ID.test(agentId)) {
      const reason = `OpenClaw gives no agent the name ${shown(agentId)}`;
      leftOut.push({ key, reason });
    } else {
      const known = keys.get(agentId);
      if (known === undefined) keys.set(agentId, [key]);
      else known.push(key);
      count += 1;
    }
  }
  return { keys, leftOut, count };
}
