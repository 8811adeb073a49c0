/** What a release would do, found out without changing anything. */
import { join } from 'node:path';
import type { Backend } from '../../contract/backend.ts';
import { HoldfastError } from '../../model/errors.ts';
import { shown } from '../../model/text.ts';
import type { System } from '../../system/system.ts';
import { keepsSessionsInSqlite } from '../sqlite-era.ts';
import { type StateDir, surveyStateDir } from '../state-dir.ts';
import { type AgentReturn, planReturn } from './agent-return.ts';
import { type FormerList, NO_FORMER_LIST, openFormerList } from './former-list.ts';
import { type KeysOfAgents, keysOfAgents } from './keys-of-agents.ts';
import type { LeftOut, ReleaseProgress } from './release-report.ts';
import type { Rename } from './release-state.ts';
import { transcriptInPlace } from './transcript-in-place.ts';

export interface ReleasePlan {
  agents: AgentReturn[];
  renames: Rename[];
  leftOut: LeftOut[];
  notices: LeftOut[];
  /** Sessions that will be read, twice each. */
  count: number;
}

/** The plan is the caller's to close. */
export async function planRelease(
  system: System,
  root: string,
  backend: Backend,
  onProgress: (progress: ReleaseProgress) => void,
): Promise<ReleasePlan> {
  const found = await keysOfAgents(backend);
  const { leftOut, count } = found;
  const survey = await surveyStateDir(system.fs, root);
  const notices: LeftOut[] = survey.notices.filter(({ path }) => path === 'openclaw.json');
  const plan: ReleasePlan = { agents: [], renames: [], leftOut, notices, count };
  let done = 0;
  const onSession = () => onProgress({ sessions: ++done, of: count * 2 });
  try {
    await planAgents(plan, { system, root, backend, survey, keys: found.keys, onSession });
    return plan;
  } catch (cause) {
    await closePlan(plan);
    throw cause;
  }
}

interface Sources {
  system: System;
  root: string;
  backend: Backend;
  survey: StateDir;
  keys: KeysOfAgents['keys'];
  onSession(): void;
}

async function planAgents(plan: ReleasePlan, sources: Sources): Promise<void> {
  const { system, root, backend, survey, keys, onSession } = sources;
  const here = new Map(survey.agents.map((agent) => [agent.agentId, agent]));
  const inPlace = async (agentId: string, stored: unknown) => {
    const agent = here.get(agentId);
    return agent && (await transcriptInPlace(system.fs, agent.directory, stored));
  };
  for (const agentId of [...new Set([...here.keys(), ...keys.keys()])].sort()) {
    const agent = here.get(agentId);
    const former = agent ? await openFormerList(system, agent, survey.mainKey) : NO_FORMER_LIST;
    const known = keys.get(agentId) ?? [];
    const back = await planReturn({ backend, inPlace, onSession }, agentId, known, former).catch(
      async (cause) => {
        await former.close();
        throw cause;
      },
    );
    if (!needsList(back)) {
      await former.close();
      continue;
    }
    plan.agents.push(back);
    plan.renames.push(...renamesOf(back));
    plan.notices.push(...(await noticesOf(system, root, agentId, former)));
  }
}

/** Closes what a plan has open. */
export async function closePlan({ agents }: ReleasePlan): Promise<void> {
  for (const { former } of agents) await former.close();
}

/** Whether there is anything to say of an agent; what was never the store's is left alone. */
function needsList({ sessions, former }: AgentReturn): boolean {
  return sessions.size > 0 || former.entries.some((entry) => former.wasAdopted(entry));
}

function renamesOf({ agentId, sessions }: AgentReturn): Rename[] {
  const archives = [...sessions.values()].flatMap((session) => session.archives);
  return archives.flatMap(({ from, name }) =>
    from === undefined || from === name ? [] : [{ agentId, from, to: name }],
  );
}

async function noticesOf(
  system: System,
  root: string,
  agentId: string,
  { damage, entries }: FormerList,
): Promise<LeftOut[]> {
  const notices: LeftOut[] = [];
  if (damage !== undefined) {
    const path = `agents/${agentId}/sessions/sessions.json`;
    const some = entries.length > 0 ? `the ${entries.length} entries before that are used, ` : '';
    const reason = `${damage}; ${some}a new one takes its place, and a copy of it is kept`;
    notices.push({ path, reason });
  }
  if (await keepsSessionsInSqlite(system.fs, join(root, 'agents', agentId))) {
    const path = `agents/${agentId}/agent/openclaw-agent.sqlite`;
    const reason =
      'newer versions of OpenClaw keep the sessions of this agent here and do not start beside a sessions.json; an export into an empty directory is the way to an older version';
    notices.push({ path, reason });
  }
  return notices;
}

/** `SESSION_BUSY` while a turn runs. */
export function refuseBusy({ agents }: ReleasePlan): void {
  const busy = agents.flatMap((agent) => agent.busy);
  if (busy.length === 0) return;
  throw new HoldfastError(
    'SESSION_BUSY',
    `A turn of session ${shown(busy[0])} is running${busy.length > 1 ? `, and ${busy.length - 1} others` : ''}. Stop the gateway, then release again; nothing was changed.`,
    { key: busy[0] },
  );
}
