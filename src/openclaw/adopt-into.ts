/**
 * Taking over the sessions of a state directory, agent by agent and key by key. The directory's own
 * files are only read. Dying at any point is harmless: the next call goes on where this one ended.
 */
import { join } from 'node:path';
import type { Backend } from '../contract/backend.ts';
import { isHoldfastError } from '../model/errors.ts';
import type { System } from '../system/system.ts';
import { AdoptAgent } from './adopt-agent.ts';
import type { AdoptedStore, AdoptProgress, AdoptReport, Notice, Refusal } from './adopt-report.ts';
import type { Ledger } from './ledger.ts';
import { type AgentPlan, planAgent } from './plan-agent.ts';
import { listSessionFiles, type SessionFiles } from './session-files.ts';
import { openSessionsJson, type SessionsJson } from './sessions-json.ts';
import { type AgentDatabase, agentDatabase } from './sqlite/agent-database.ts';
import { Databases } from './sqlite/database.ts';
import type { AgentSessions, StateDir } from './state-dir.ts';

export interface AdoptAsk {
  /** Left out: a plan, for which nothing is written. */
  backend?: Backend | undefined;
  /** Opens the list of adopted keys of an agent. */
  ledgerOf(agent: AgentSessions): Promise<Ledger>;
  /** Take the whole entries of a damaged list instead of none. */
  salvage?: boolean;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: AdoptProgress) => void) | undefined;
}

/** What is known of an agent before anything of it is taken over. */
type Found =
  | { list: SessionsJson; files: SessionFiles; ledger: Ledger; plan: AgentPlan }
  | { database: AgentDatabase }
  | { unreadable: string; path?: string; files?: SessionFiles };

/** What was done for an agent. */
interface Work {
  store: AdoptedStore;
  refused: Refusal[];
  notices: Notice[];
}

/** Takes over what `source` holds. */
export async function adoptInto(
  source: StateDir,
  system: System,
  ask: AdoptAsk,
): Promise<AdoptReport> {
  const found: { agent: AgentSessions; what: Found }[] = [];
  const works: Work[] = [];
  const notices: Notice[] = [...source.notices];
  const databases = new Databases(system.fs);
  try {
    for (const agent of source.agents) {
      const looked = await agentDatabase(databases, system, agent, ask);
      if (looked !== undefined && 'notice' in looked) notices.push(looked.notice);
      const inDatabase = looked === undefined || 'notice' in looked ? undefined : looked;
      const what = inDatabase ?? (await lookAt(system, source, agent, ask));
      if (what !== undefined) found.push({ agent, what });
    }
    const of = found.reduce((sum, { what }) => sum + plannedOf(what), 0);
    let sessions = 0;
    const onSession = () => ask.onProgress?.({ sessions: ++sessions, of });
    for (const { agent, what } of found) {
      works.push(await adoptAgent(system, agent, what, ask, onSession));
    }
  } finally {
    for (const { what } of found) await closeAll(what);
  }
  const stores = works.map(({ store }) => store);
  const sum = (field: 'adopted' | 'known' | 'recovered') =>
    stores.reduce((n, store) => n + store[field], 0);
  return {
    dryRun: ask.backend === undefined,
    adopted: sum('adopted'),
    known: sum('known'),
    recovered: sum('recovered'),
    refused: works.flatMap(({ refused }) => refused),
    notices: [...notices, ...works.flatMap((work) => work.notices)],
    stores,
  };
}

function plannedOf(what: Found): number {
  if ('plan' in what) return what.plan.sessions.length;
  return 'database' in what ? what.database.planned : 0;
}

async function adoptAgent(
  system: System,
  agent: AgentSessions,
  what: Found,
  { backend, signal }: AdoptAsk,
  onSession: () => void,
): Promise<Work> {
  if ('database' in what) return what.database.adopt(onSession);
  const work = new AdoptAgent(agent);
  if ('unreadable' in what) {
    work.store.path = what.path ?? work.store.path;
    work.giveUp(what.unreadable, what.files);
  } else {
    const { list, ledger, plan } = what;
    await work.run(plan, { agent, fs: system.fs, list, ledger, backend, onSession, signal });
  }
  return work;
}

async function closeAll(what: Found): Promise<void> {
  if ('unreadable' in what) return;
  if ('database' in what) return what.database.close();
  try {
    await what.list.close();
  } finally {
    await what.ledger.close();
  }
}

/** `undefined` for an agent that has neither a list of sessions nor transcripts. */
async function lookAt(
  system: System,
  { mainKey }: StateDir,
  agent: AgentSessions,
  { ledgerOf, salvage = false, signal }: AdoptAsk,
): Promise<Found | undefined> {
  const { fs, clock } = system;
  if (!agent.hasFiles) return undefined;
  const files = await listSessionFiles(fs, agent.directory);
  if ('reason' in files) return { unreadable: files.reason };
  const list = await openSessionsJson(fs, join(agent.directory, 'sessions.json'), {
    salvage,
    signal,
  });
  if ('missing' in list) {
    return files.transcripts.size === 0 ? undefined : { unreadable: 'it is not there', files };
  }
  if ('reason' in list) return { unreadable: list.reason, files };
  let ledger: Ledger | undefined;
  try {
    ledger = await ledgerOf(agent);
    const { agentId, directory } = agent;
    const rules = { agentId, mainKey };
    const now = clock.now();
    const plan = await planAgent({ list, files, ledger, rules, now, directory });
    return { list, files, ledger, plan };
  } catch (error) {
    await list.close();
    // Without the list of adopted keys, sessions that were removed would come back: leave this agent.
    if (ledger === undefined && isHoldfastError(error)) {
      return { unreadable: error.message.replace(/\.$/, ''), files };
    }
    throw error;
  }
}
