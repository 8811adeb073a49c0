/**
 * Which entry refers to which transcript, and what does not fit: bad paths, two keys on one
 * transcript, sessions without one, and transcripts without a session.
 */
import { cutText, shown } from '../../model/text.ts';
import type { AgentSessions } from '../state-dir.ts';
import { valueKind } from '../value-kind.ts';
import { isRunOf, type Usable } from './entry-findings.ts';
import type { Examination } from './examination.ts';
import type { FilesSeen } from './files-seen.ts';
import { type PathKind, type Place, pathKind } from './path-kind.ts';
import type { TranscriptsSeen } from './transcripts-seen.ts';

const UNREADABLE =
  'Run this as the user that runs the gateway; look at the disk; a link has to be a file again.';

export interface Whose {
  /** Entries by the name of the transcript that they refer to; its owner is the first. */
  readonly users: ReadonlyMap<string, Usable[]>;
}

export function whoseTranscripts(
  examination: Examination,
  agent: AgentSessions,
  usable: readonly Usable[],
  files: FilesSeen,
  seen: TranscriptsSeen,
): Whose {
  const place: Place = {
    agentId: agent.agentId,
    directories: [agent.directory, agent.directory.replace(examination.root, examination.asked)],
    windows: examination.system.machine.windows,
  };
  const list = `${agent.path}/sessions.json`;
  const users = new Map<string, Usable[]>();
  const moved = new Map<string, Usable[]>();
  for (const one of usable) {
    const path = pathKind(one.stored, place);
    const name = nameOf(path, one, seen);
    if (name !== undefined) addTo(users, name, one);
    if (path.kind === 'moved') addTo(moved, path.home, one);
    if (path.kind === 'bad') badPath(examination, list, one, path, name);
    else if (name === undefined) noTranscript(examination, agent, one, path, { files, seen });
  }
  for (const [name, reason] of seen.unreadable) {
    const path = `${agent.path}/${name}`;
    examination.findings.add('TRANSCRIPT_UNREADABLE', { path, reason, remedy: UNREADABLE });
  }
  for (const [home, those] of moved) tellMoved(examination, list, home, those);
  for (const [name, those] of users) {
    const ownFirst = (one: Usable) => (seen.carries(name, one.sessionId) ? 0 : 1);
    those.sort((a, b) => ownFirst(a) - ownFirst(b) || b.updatedAt - a.updatedAt);
    tellShared(examination, `${agent.path}/${name}`, those);
  }
  return { users };
}

function addTo(map: Map<string, Usable[]>, name: string, one: Usable): void {
  const those = map.get(name);
  if (those === undefined) map.set(name, [one]);
  else those.push(one);
}

/** The transcript that an entry means: by the last part of its path, else by its id. */
function nameOf(path: PathKind, one: Usable, seen: TranscriptsSeen): string | undefined {
  const name = path.kind === 'none' ? undefined : path.name;
  if (name !== undefined && seen.has(name)) return name;
  return seen.of(one.sessionId);
}

function badPath(
  { findings }: Examination,
  list: string,
  { key, stored }: Usable,
  { code }: Extract<PathKind, { kind: 'bad' }>,
  name: string | undefined,
): void {
  const text = typeof stored === 'string' ? shown(cutText(stored, 200), 200) : valueKind(stored);
  const instead = name === undefined ? 'a new transcript begins' : `${shown(name, 200)} is used`;
  findings.add(code, {
    ...{ path: list, key },
    reason: `its sessionFile is ${text}, which is not followed; ${instead}`,
    remedy:
      'Nothing has to be done: adoption stores the place that is used. In OpenClaw, remove the field with the gateway stopped.',
  });
}

function noTranscript(
  { findings }: Examination,
  agent: AgentSessions,
  { key, sessionId, said }: Usable,
  path: PathKind,
  { files, seen }: { files: FilesSeen; seen: TranscriptsSeen },
): void {
  const name = path.kind === 'none' ? `${sessionId}.jsonl` : (path.name ?? `${sessionId}.jsonl`);
  const at = { path: `${agent.path}/${name}`, key };
  const why = files.odd.get(name) ?? seen.unreadable.get(name);
  if (why !== undefined) {
    seen.unreadable.delete(name);
    findings.add('TRANSCRIPT_UNREADABLE', { ...at, reason: why, remedy: UNREADABLE });
  } else if (said) {
    findings.add('TRANSCRIPT_MISSING', {
      ...at,
      reason: 'it is not there, though something was said in the session',
      remedy: 'Put it back from a backup; the session goes on with an empty history otherwise.',
    });
  } else {
    const reason = 'it is not there yet: nothing was said since the session began';
    findings.add('TRANSCRIPT_NOT_BEGUN', { ...at, reason, remedy: 'Nothing has to be done.' });
  }
}

function tellMoved(
  { findings }: Examination,
  list: string,
  home: string,
  those: readonly Usable[],
): void {
  const [first] = those;
  const many = those.length > 1 ? `${those.length} transcripts are` : 'its transcript is';
  findings.add('PATH_OTHER_HOME', {
    ...{ path: list, count: those.length },
    ...(those.length === 1 && first !== undefined && { key: first.key }),
    reason: `${many} named by a path below ${shown(home, 200)}; the files of the same name here are used`,
    remedy: 'Nothing has to be done: this is what a moved state directory looks like.',
  });
}

/** R10.2 One transcript belongs to at most one key. */
function tellShared({ findings }: Examination, path: string, those: readonly Usable[]): void {
  const [owner, ...others] = those;
  for (const other of others) {
    if (owner === undefined || isRunOf(other, owner) || isRunOf(owner, other)) continue;
    findings.add('SHARED_TRANSCRIPT', {
      ...{ path, key: other.key },
      reason: `it is the transcript of ${shown(owner.key)}`,
      remedy: `Adoption leaves it to ${shown(owner.key)} and begins a new one for ${shown(other.key)}. In OpenClaw, reset that session; do not delete it with its transcript.`,
    });
  }
}
