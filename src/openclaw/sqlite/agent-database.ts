/** The sessions of an agent whose era is SQLite, from the look at its files to the last session. */
import { join } from 'node:path';
import { isHoldfastError } from '../../model/errors.ts';
import type { System } from '../../system/system.ts';
import type { AdoptAsk } from '../adopt-into.ts';
import type { Notice } from '../adopt-report.ts';
import type { Ledger } from '../ledger.ts';
import { readOwnFile } from '../own-file.ts';
import { listSessionFiles, type SessionFiles } from '../session-files.ts';
import { DATABASE_NAME } from '../sqlite-era.ts';
import type { AgentSessions } from '../state-dir.ts';
import { AdoptDatabase } from './adopt-database.ts';
import type { Databases } from './database.ts';
import { type LiveDatabase, liveDatabase } from './live-database.ts';
import { planDatabase } from './plan-database.ts';

/** What is known before anything is taken over. */
export interface AgentDatabase {
  /** Sessions that are not known from before. */
  planned: number;
  adopt(onSession: () => void): Promise<AdoptDatabase>;
  close(): Promise<void>;
}

/** `unreadable`: nothing of this agent can be taken over. `notice`: it is of the JSON era, it seems. */
export type LookedAt =
  | { database: AgentDatabase }
  | { unreadable: string; path: string }
  | { notice: Notice };

/** `undefined` for an agent whose sessions are not in a database. */
export async function agentDatabase(
  databases: Databases,
  system: System,
  agent: AgentSessions,
  ask: AdoptAsk,
): Promise<LookedAt | undefined> {
  const live = await liveDatabase(databases, system.fs, agent.databaseFolder);
  if (live === undefined) return undefined;
  const path = `agents/${agent.agentId}/agent/${DATABASE_NAME}`;
  if ('reason' in live) {
    const reason = live.reason.replace(/\.$/, '');
    if (live.sure || !(await hasList(system, agent))) return { unreadable: reason, path };
    return { notice: { path, reason: `${reason}; the sessions.json of this agent is read` } };
  }
  let ledger: Ledger | undefined;
  try {
    ledger = await ask.ledgerOf(agent);
    return { database: await plannedDatabase(live, path, ledger, system, agent, ask) };
  } catch (error) {
    live.database.close();
    await ledger?.close();
    if (isHoldfastError(error)) return { unreadable: error.message.replace(/\.$/, ''), path };
    throw error;
  }
}

async function plannedDatabase(
  live: LiveDatabase,
  path: string,
  ledger: Ledger,
  system: System,
  agent: AgentSessions,
  { backend, signal }: AdoptAsk,
): Promise<AgentDatabase> {
  const { fs, clock } = system;
  const { agentId } = agent;
  const { database, tables } = live;
  const where = { agentId, fileTime: database.files.changedAt, now: clock.now() };
  const { files, notices } = await besides(system, agent);
  const plan = await planDatabase({ tables, files, ledger, where });
  return {
    planned: plan.sessions.length,
    async adopt(onSession) {
      const work = { agent, fs, database, tables, ledger, where, backend, onSession, signal };
      const adoption = new AdoptDatabase(work, path);
      adoption.notices.push(...notices);
      await adoption.run(plan);
      return adoption;
    },
    async close() {
      database.close();
      await ledger.close();
    },
  };
}

/** What the JSON era has left beside the database. */
async function besides(
  system: System,
  agent: AgentSessions,
): Promise<{ files: SessionFiles | undefined; notices: Notice[] }> {
  if (!agent.hasFiles) return { files: undefined, notices: [] };
  const notices: Notice[] = [];
  if (await hasList(system, agent)) {
    const reason = 'a leftover of the time before the database; not read';
    notices.push({ path: `${agent.path}/sessions.json`, reason });
  }
  const files = await listSessionFiles(system.fs, agent.directory);
  if (!('reason' in files)) return { files, notices };
  notices.push({ path: agent.path, reason: files.reason });
  return { files: undefined, notices };
}

async function hasList({ fs }: System, { directory }: AgentSessions): Promise<boolean> {
  return !(
    'missing' in (await readOwnFile(fs, join(directory, 'sessions.json'), { headBytes: 0 }))
  );
}
