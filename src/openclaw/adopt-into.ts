/**
 * Taking over the sessions of a state directory, agent by agent and key by key. The directory's own
 * files are only read. Dying at any point is harmless: the next call goes on where this one ended.
 */
import { join } from 'node:path';
import type { Backend } from '../contract/backend.ts';
import { isHoldfastError } from '../model/errors.ts';
import type { System } from '../system/system.ts';
import { AdoptAgent } from './adopt-agent.ts';
import type { AdoptedStore, AdoptReport, Notice, Refusal } from './adopt-report.ts';
import type { Ledger } from './ledger.ts';
import { listSessionFiles, type SessionFiles } from './session-files.ts';
import { readSessionsJson, type SessionsJson } from './sessions-json.ts';
import type { AgentSessions, StateDir } from './state-dir.ts';

/** What is known of an agent before anything of it is taken over. */
type Found =
  | { list: SessionsJson; files: SessionFiles; ledger: Ledger }
  | { unreadable: string; files?: SessionFiles }
  | undefined;

/** Takes over what `source` holds. `ledgerOf` opens the list of adopted keys of an agent. */
export async function adoptInto(
  backend: Backend,
  source: StateDir,
  system: System,
  ledgerOf: (agent: AgentSessions) => Promise<Ledger>,
): Promise<AdoptReport> {
  const notices: Notice[] = [...source.notices];
  const refused: Refusal[] = [];
  const stores: AdoptedStore[] = [];
  for (const agent of source.agents) {
    const found = await lookAt(system, agent, ledgerOf);
    if (found === undefined) continue;
    const work = new AdoptAgent(backend, system, agent);
    if ('unreadable' in found) {
      work.giveUp(found.unreadable, found.files);
    } else {
      try {
        await work.run(found.list, found.files, found.ledger);
      } finally {
        await found.ledger.close();
      }
    }
    notices.push(...work.notices);
    refused.push(...work.refused);
    stores.push(work.store);
  }
  const sum = (field: 'adopted' | 'known') => stores.reduce((n, store) => n + store[field], 0);
  return { adopted: sum('adopted'), known: sum('known'), refused, notices, stores };
}

/** `undefined` for an agent that has neither a list of sessions nor transcripts. */
async function lookAt(
  system: System,
  agent: AgentSessions,
  ledgerOf: (agent: AgentSessions) => Promise<Ledger>,
): Promise<Found> {
  const { fs } = system;
  const files = await listSessionFiles(fs, agent.directory);
  if ('reason' in files) return { unreadable: files.reason };
  const list = await readSessionsJson(fs, join(agent.directory, 'sessions.json'));
  if ('missing' in list) {
    return files.transcripts.size === 0 ? undefined : { unreadable: 'it is not there', files };
  }
  if ('reason' in list) return { unreadable: list.reason, files };
  try {
    return { list, files, ledger: await ledgerOf(agent) };
  } catch (error) {
    // Without the list of adopted keys, sessions that were removed would come back: leave this agent.
    if (isHoldfastError(error)) return { unreadable: error.message.replace(/\.$/, ''), files };
    throw error;
  }
}
