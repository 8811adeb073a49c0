/** What is wrong with the entries of a list, each looked at for itself: no odd one hides another. */
import { isHoldfastError } from '../../model/errors.ts';
import { checkSessionId } from '../../model/session-id.ts';
import { agentOf, checkSessionKey } from '../../model/session-key.ts';
import { shown } from '../../model/text.ts';
import { canonicalKey, type KeyRules } from '../canonical-key.ts';
import { newestSpelling } from '../case-variants.ts';
import type { EntryFacts } from './entry-facts.ts';
import type { Findings } from './findings.ts';
import type { ListScan } from './list-scan.ts';

/** An entry that can be a session. */
export interface Usable {
  /** As it stands in the list, and as OpenClaw would write it again. */
  key: string;
  canonical: string;
  sessionId: string;
  updatedAt: number;
  stored: unknown;
  said: boolean;
}

/** Clocks go wrong by hours or by a time zone; a year ahead is no time but a mistake. */
const AHEAD_MS_MAX = 366 * 86_400_000;
const STAYS =
  'The entry stays as it is in the list; with the gateway stopped, correct it or remove it.';

/** Tells of the odd entries and returns the others, one for each key. */
export function entryFindings(
  findings: Findings,
  where: { path: string; rules: KeyRules; now: number },
  { entries }: ListScan,
): Usable[] {
  const usable: Usable[] = [];
  for (const [key, facts] of entries) {
    if (!keyIsUsable(findings, where, key)) continue;
    const at = { path: where.path, key };
    if (facts.odd !== undefined) {
      const reason = `the entry is ${facts.odd}, not an object`;
      findings.add('ENTRY_ODD_TYPE', { ...at, reason, remedy: STAYS });
    } else if (facts.sessionId === undefined) {
      const reason = 'the entry has no session id';
      findings.add('ENTRY_WITHOUT_ID', { ...at, reason, remedy: STAYS });
    } else if (idIsUsable(findings, at, facts.sessionId)) {
      const updatedAt = timeOf(findings, at, facts, where.now);
      const { sessionId, sessionFile: stored, said } = facts;
      const canonical = canonicalKey(key, where.rules);
      usable.push({ key, canonical, sessionId: sessionId as string, updatedAt, stored, said });
    }
  }
  const spelled = usable.map((one) => ({ key: one.canonical, updatedAt: one.updatedAt, one }));
  const { kept, lost } = newestSpelling(spelled);
  for (const { candidate, to } of lost) {
    findings.add('CASE_VARIANT', {
      ...{ path: where.path, key: candidate.one.key },
      reason: `it is another spelling of ${shown(to.one.key)}, which has the newest updatedAt and counts`,
      remedy:
        'OpenClaw drops the older spellings when it next writes the session. Adoption keeps the conversation of this one as an archive of the other.',
    });
  }
  const all = kept.map(({ one }) => one);
  sharedIds(findings, where.path, all);
  return all;
}

function keyIsUsable(
  findings: Findings,
  { path, rules }: { path: string; rules: KeyRules },
  key: string,
): boolean {
  try {
    checkSessionKey(key);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    const reason = error.message.replace(/\.$/, '');
    findings.add('ENTRY_UNUSABLE_KEY', { path, key, reason, remedy: STAYS });
    return false;
  }
  const canonical = canonicalKey(key, rules);
  const agent = agentOf(canonical);
  if (agent !== rules.agentId) {
    findings.add('ENTRY_OTHER_AGENT', {
      ...{ path, key },
      reason: `the key names agent ${shown(agent)}, the directory ${shown(rules.agentId)}`,
      remedy: 'With the gateway stopped, move the entry to the list of that agent, or remove it.',
    });
    return false;
  }
  if (!key.startsWith('agent:') && key !== 'global' && key !== 'unknown') {
    findings.add('ENTRY_BARE_KEY', {
      ...{ path, key },
      reason: `the key names no agent; it is taken for one of ${shown(agent)}`,
      remedy: `Nothing has to be done. OpenClaw's own doctor renames it to ${shown(`agent:${agent}:${key}`)}.`,
    });
  }
  return true;
}

function idIsUsable(
  findings: Findings,
  at: { path: string; key: string },
  sessionId: unknown,
): sessionId is string {
  if (sessionId === at.key) {
    findings.add('KEY_IS_SESSION_ID', {
      ...at,
      reason:
        'the session id is the key itself, so that a command that is given it may mean either',
      remedy: 'Name the session by its key.',
    });
  }
  try {
    checkSessionId(sessionId);
    return true;
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    findings.add('ENTRY_UNSAFE_ID', {
      ...at,
      reason: `its session id ${shown(sessionId)} can not be part of a file name; no path is built from it`,
      remedy: `${STAYS} The import of OpenClaw 2026.9 stops at such an entry.`,
    });
    return false;
  }
}

/** When an entry was written; 0, which loses against every other, when it does not say. */
function timeOf(
  findings: Findings,
  at: { path: string; key: string },
  { updatedAt }: EntryFacts,
  now: number,
): number {
  if (typeof updatedAt === 'number' && updatedAt > 0 && updatedAt <= now + AHEAD_MS_MAX) {
    return updatedAt;
  }
  const what = typeof updatedAt === 'number' ? String(updatedAt) : shown(updatedAt);
  findings.add('ENTRY_ODD_TIME', {
    ...at,
    reason:
      updatedAt === undefined ? 'it has no updatedAt' : `its updatedAt ${what} is no credible time`,
    remedy: 'Nothing has to be done: the next change writes the right one.',
  });
  return 0;
}

function sharedIds(findings: Findings, path: string, kept: readonly Usable[]): void {
  const first = new Map<string, Usable>();
  for (const one of kept.toSorted((a, b) => b.updatedAt - a.updatedAt)) {
    const other = first.get(one.sessionId);
    if (other === undefined) first.set(one.sessionId, one);
    else if (!isRunOf(one, other) && !isRunOf(other, one)) {
      findings.add('SHARED_SESSION_ID', {
        ...{ path, key: one.key },
        reason: `its session id ${shown(one.sessionId)} is also that of ${shown(other.key)}`,
        remedy:
          'Reset this session (`/new` in its chat). Do not delete it with its transcript: it is the other one’s too.',
      });
    }
  }
}

/** A scheduled job has an entry for itself and one for each run, which share the conversation. */
export function isRunOf(run: Usable, job: Usable): boolean {
  return run.key === `${job.key}:run:${run.sessionId}` && run.sessionId === job.sessionId;
}
