import { HoldfastError } from './errors.ts';
import { LIMITS } from './limits.ts';
import { hasControl, isWellFormed, shown } from './text.ts';

/** What sort of conversation a key names. `other`: legal, but of no form that is known here. */
export type SessionKeyKind =
  | 'main'
  | 'direct'
  | 'group'
  | 'channel'
  | 'cron'
  | 'subagent'
  | 'hook'
  | 'acp'
  | 'explicit'
  | 'dashboard'
  | 'openai'
  | 'slash'
  | 'global'
  | 'unknown'
  | 'other';

/** A session key, read. Ids keep their case. */
export interface SessionKeyParts {
  key: string;
  /** The agent exactly as written; `main` when the key names none. */
  agentId: string;
  /** What follows the agent; the whole key when it names none. */
  rest: string;
  /** Set when the key names no agent. */
  bare?: true;
  kind: SessionKeyKind;
  channel?: string;
  account?: string;
  chatType?: 'direct' | 'group' | 'channel';
  /** May contain colons, as `!room:example.org` does. */
  peer?: string;
  thread?: string;
  topic?: string;
}

type Found = Omit<SessionKeyParts, 'key' | 'agentId' | 'rest' | 'bare'>;

const AGENT = 'agent:';
const CHAT_TYPES = new Map([
  ['direct', 'direct'],
  ['dm', 'direct'],
  ['group', 'group'],
  ['channel', 'channel'],
] as const);
const KIND_OF_FIRST_WORD: ReadonlyMap<string, SessionKeyKind> = new Map([
  ['cron', 'cron'],
  ['subagent', 'subagent'],
  ['hook', 'hook'],
  ['acp', 'acp'],
  ['explicit', 'explicit'],
  ['dashboard', 'dashboard'],
  ['openai', 'openai'],
  ['openai-user', 'openai'],
  ['openresponses', 'openai'],
  ['openresponses-user', 'openai'],
]);

/**
 * Refuses what can not be a session key: `INVALID_KEY` unless it is well-formed Unicode of 1 to
 * 1,024 bytes without control characters. Keys that pass are kept exactly as they are.
 */
export function checkSessionKey(key: unknown): asserts key is string {
  if (typeof key !== 'string') refuse(key, 'it is not a string');
  if (key === '') refuse(key, 'it is empty');
  if (key.length > LIMITS.keyBytesMax || Buffer.byteLength(key) > LIMITS.keyBytesMax) {
    refuse(key, `it has more than ${LIMITS.keyBytesMax} bytes`);
  }
  if (!isWellFormed(key)) refuse(key, 'it is not well-formed Unicode');
  if (hasControl(key)) refuse(key, 'it has control characters');
}

/** The agent that a key names, exactly as written; `main` when it names none. */
export function agentOf(key: string): string {
  const end = agentEnd(key);
  return end < 0 ? 'main' : key.slice(AGENT.length, end);
}

/** The channel that a key names. */
export function channelOf(key: string): string | undefined {
  return parseSessionKey(key).channel;
}

/** Reads a key by the grammar that OpenClaw uses. Never refuses: an unknown tail is of kind `other`. */
export function parseSessionKey(key: string): SessionKeyParts {
  const end = agentEnd(key);
  if (end >= 0) {
    const rest = key.slice(end + 1);
    return { key, agentId: key.slice(AGENT.length, end), rest, ...parseRest(rest) };
  }
  const found = key === 'global' || key === 'unknown' ? ({ kind: key } as const) : parseRest(key);
  return { key, agentId: 'main', rest: key, bare: true, ...found };
}

/** The key of what {@link parseSessionKey} returned; `agentId`, `rest` and `bare` decide. */
export function formatSessionKey(
  parts: Pick<SessionKeyParts, 'agentId' | 'rest' | 'bare'>,
): string {
  return parts.bare ? parts.rest : `${AGENT}${parts.agentId}:${parts.rest}`;
}

function refuse(key: unknown, why: string): never {
  throw new HoldfastError('INVALID_KEY', `${shown(key)} can not be a session key: ${why}.`);
}

/** Where the agent's name ends: it and the part after it must not be empty. -1 when none is named. */
function agentEnd(key: string): number {
  if (!key.startsWith(AGENT)) return -1;
  const end = key.indexOf(':', AGENT.length);
  if (end <= AGENT.length || end + 1 >= key.length) return -1;
  return key.charCodeAt(end + 1) === 58 ? -1 : end;
}

function parseRest(rest: string): Found {
  const { base, ...suffix } = splitSuffix(rest);
  return { ...parseBase(base), ...suffix };
}

/** Takes `:thread:<id>` and `:topic:<id>` off the end. An id ends where the other marker begins. */
function splitSuffix(rest: string): { base: string; thread?: string; topic?: string } {
  if (!rest.includes(':thread:') && !rest.includes(':topic:')) return { base: rest };
  const marks = [...rest.matchAll(/:(thread|topic):(?=[^:])/g)].filter((mark) => mark.index > 0);
  const first = marks[0];
  if (first === undefined) return { base: rest };
  const second = marks.find((mark) => mark[1] !== first[1]);
  const found: { base: string; thread?: string; topic?: string } = {
    base: rest.slice(0, first.index),
  };
  found[first[1] as 'thread' | 'topic'] = rest.slice(first.index + first[0].length, second?.index);
  if (second !== undefined) {
    found[second[1] as 'thread' | 'topic'] = rest.slice(second.index + second[0].length);
  }
  return found;
}

function parseBase(base: string): Found {
  if (base === 'main') return { kind: 'main' };
  const [first = '', second = '', third = ''] = base.split(':', 3);
  const afterFirst = base.slice(first.length + 1);
  if (first === '' || afterFirst === '') return { kind: 'other' };
  if (first === 'direct' || first === 'dm') return chat('direct', afterFirst);
  if (first === 'group') return chat('group', afterFirst);
  const kind = KIND_OF_FIRST_WORD.get(first);
  if (kind !== undefined) return second === 'binding' ? binding(kind, base) : { kind };

  const afterSecond = afterFirst.slice(second.length + 1);
  if (second === '' || afterSecond === '') return { kind: 'other' };
  if (second === 'slash') return { kind: 'slash', channel: first, peer: afterSecond };
  const chatType = CHAT_TYPES.get(second as 'dm');
  if (chatType !== undefined) return { channel: first, ...chat(chatType, afterSecond) };

  const peer = afterSecond.slice(third.length + 1);
  if (CHAT_TYPES.get(third as 'dm') === 'direct' && peer !== '') {
    return { channel: first, account: second, ...chat('direct', peer) };
  }
  return { kind: 'other' };
}

function chat(chatType: 'direct' | 'group' | 'channel', peer: string) {
  return { kind: chatType, chatType, peer };
}

/** `acp:binding:<channel>:<account>:<hash>` names the channel that it is bound to. */
function binding(kind: SessionKeyKind, base: string): Found {
  const [, , channel, account] = base.split(':', 4);
  return kind === 'acp' && channel && account ? { kind, channel, account } : { kind };
}
