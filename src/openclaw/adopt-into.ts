/**
 * Taking over the sessions of a state directory, agent by agent and key by key. The directory's own
 * files are only read. Dying at any point is harmless: the next call goes on where this one ended.
 */
import { join } from 'node:path';
import type { Backend } from '../contract/backend.ts';
import { isHoldfastError } from '../model/errors.ts';
import type { System } from '../system/system.ts';
import { AdoptAgent } from './adopt-agent.ts';
import type { AdoptProgress, AdoptReport } from './adopt-report.ts';
import type { Ledger } from './ledger.ts';
import { type AgentPlan, planAgent } from './plan-agent.ts';
import { listSessionFiles, type SessionFiles } from './session-files.ts';
import { openSessionsJson, type SessionsJson } from './sessions-json.ts';
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
  | { unreadable: string; files?: SessionFiles };

/** Takes over what `source` holds. */
export async function adoptInto(
  source: StateDir,
  system: System,
  ask: AdoptAsk,
): Promise<AdoptReport> {
  const found: { agent: AgentSessions; what: Found }[] = [];
  const works: AdoptAgent[] = [];
  try {
    for (const agent of source.agents) {
      const what = await lookAt(system, source, agent, ask);
      if (what !== undefined) found.push({ agent, what });
    }
    const plans = found.map(({ what }) => ('plan' in what ? what.plan.sessions.length : 0));
    const of = plans.reduce((sum, count) => sum + count, 0);
    let sessions = 0;
    const onSession = () => ask.onProgress?.({ sessions: ++sessions, of });
    for (const { agent, what } of found) {
      const work = new AdoptAgent(agent);
      works.push(work);
      if ('unreadable' in what) {
        work.giveUp(what.unreadable, what.files);
        continue;
      }
      const { backend, signal } = ask;
      const { list, ledger, plan } = what;
      await work.run(plan, { agent, fs: system.fs, list, ledger, backend, onSession, signal });
    }
  } finally {
    for (const { what } of found) if ('list' in what) await closeBoth(what);
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
    notices: [...source.notices, ...works.flatMap(({ notices }) => notices)],
    stores,
  };
}

async function closeBoth({ list, ledger }: { list: SessionsJson; ledger: Ledger }): Promise<void> {
  try {
    await list.close();
  } finally {
    await ledger.close();
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
