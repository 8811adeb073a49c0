/**
 * Where things lie. The only place that builds paths, so that no path ever comes from user input:
 * an agent and a key become names of `[a-z0-9~-]` that carry a hash of the exact text.
 *
 *     <root>/holdfast.json                            the store's mark and format
 *     <root>/agents/<agent>/sessions/
 *       sessions.d/<slug>~<hash>/                     one session
 *       sessions.d/adopted.jsonl                      keys taken over from OpenClaw; not this back end's
 *       sessions.d/mirror.*                           of the mirror for OpenClaw's tools; nor are these
 *       blobs/<sha256>.json                           large values, stored once
 *       changes/                                      journals and the saved list: a cache
 *       removed/<token>/                              what is left of a removed session
 */
import { createHash } from 'node:crypto';
import { isAbsolute, join, relative } from 'node:path';

export const FORMAT = 1;
export const MARK = 'holdfast.json';

const SLUG_LENGTH_MAX = 40;
const PLAIN_AGENT = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** Hexadecimal SHA-256 of the exact text, cut to 128 bits: enough that no two keys ever meet. */
function shortHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 32);
}

/** A lower-case, bounded form for people who look into the directory; never read back. */
function slug(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return plain.slice(0, SLUG_LENGTH_MAX).replace(/^-+|-+$/g, '') || 'x';
}

/** The directory of an agent: its own name when that is plain, else one that no other agent has. */
export function agentFolder(agentId: string): string {
  return PLAIN_AGENT.test(agentId) && !DEVICE_NAME.test(agentId)
    ? agentId
    : `${slug(agentId)}~${shortHash(agentId)}`;
}

/** The directory of a session below `sessions.d`. */
export function sessionFolder(key: string): string {
  const rest = key.startsWith('agent:') ? key.slice(key.indexOf(':', 6) + 1) : key;
  return `${slug(rest)}~${shortHash(key)}`;
}

/** Whether a name in `sessions.d` has the shape of a session's directory. */
export function isSessionFolder(name: string): boolean {
  return /^[a-z0-9-]{1,40}~[0-9a-f]{32}$/.test(name);
}

export interface AgentPaths {
  /** `<root>/agents/<agent>/sessions`; a `sessionFile` is relative to it. */
  readonly base: string;
  readonly sessions: string;
  readonly blobs: string;
  readonly changes: string;
  /** A place of its own, so that an opening finds leftovers without listing the sessions. */
  readonly removed: string;
}

export function agentPaths(root: string, folder: string): AgentPaths {
  const base = join(root, 'agents', folder, 'sessions');
  return {
    base,
    sessions: join(base, 'sessions.d'),
    blobs: join(base, 'blobs'),
    changes: join(base, 'changes'),
    removed: join(base, 'removed'),
  };
}

/** The list of adopted keys and the state of the mirror, which lie among the sessions. */
export const BESIDE_SESSIONS = /^(adopted\.jsonl|mirror\.(jsonl(\.new)?|lock))$/;
export const LOG_NAME = /^meta\.([1-9]\d{0,14})\.jsonl$/;
export const logName = (generation: number) => `meta.${generation}.jsonl`;
export const LOCK_NAME = 'lock';
export const transcriptName = (sessionId: string) => `${sessionId}.jsonl`;
export const ARCHIVE_NAME = /^(.+)\.archived\.json$/;
/** Ends of names of what a program keeps beside a transcript, which is no transcript itself. */
export const SIDE_FILE = /\.(trajectory|checkpoint\.[^.]+)$/;
export const archiveName = (sessionId: string) => `${sessionId}.archived.json`;
export const turnLockName = (fence: number) => `turn.${fence}.lock`;
export const TICKET_NAME = /^turn\.wait\.(\d{1,15})\.lock$/;
export const ticketName = (number: number) => `turn.wait.${number}.lock`;

/** Names of files that are being written and not yet in their place. */
export const TEMPORARY_NAME = /\.tmp-[0-9a-f]{32}$/;

/** Files in the root on which an opening tries whether locks work. */
export const PROBE_NAME = /^probe-[0-9a-f]{32}\.lock$/;

/** The path of something in the store, as people are shown it and as it is stored. */
export function within(root: string, path: string): string {
  return relative(root, path);
}

/** Whether a relative path stays inside the directory that it starts from. */
export function staysInside(path: string): boolean {
  if (path === '' || path.includes('\0') || isAbsolute(path) || /^[a-z]:/i.test(path)) return false;
  return !path.split(/[/\\]/).some((part) => part === '..' || part === '.' || part === '');
}
