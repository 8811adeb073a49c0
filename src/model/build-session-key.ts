import { HoldfastError } from './errors.ts';
import { checkSessionKey, parseSessionKey } from './session-key.ts';
import { shown } from './text.ts';

/** Where a message came from, and how conversations are told apart. */
export interface SessionKeyOptions {
  /** Default `main`. Lower-cased; what a directory could not be named becomes `-`. */
  agentId?: string;
  channel?: string;
  /** For `per-account-channel-peer`; default `default`. */
  account?: string;
  /** Default `direct`. Groups and channels always have a session of their own. */
  chatType?: 'direct' | 'group' | 'channel';
  /** The person, group or room, as the channel names it. Without it a direct chat is `main`. */
  peer?: string;
  thread?: string;
  topic?: string;
  /** How direct chats are told apart. Default `main`: all of them are one conversation. */
  scope?: 'main' | 'per-peer' | 'per-channel-peer' | 'per-account-channel-peer' | 'global';
  /** One person under several addresses: `{ alice: ['telegram:1', 'discord:2'] }`. */
  identityLinks?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Builds the session key of a message as OpenClaw does. Everything is lower-cased but the ids of
 * Signal groups and Matrix rooms, where case matters. `INVALID_KEY` when a part is missing, or when
 * the key would be read back as another conversation.
 */
export function sessionKey(options: SessionKeyOptions): string {
  if (options.scope === 'global') return 'global';
  const base = baseOf(options);
  const fold = foldFor(options);
  let rest = base.text;
  if (options.topic) rest += `:topic:${fold(options.topic)}`;
  if (options.thread) rest += `:thread:${fold(options.thread)}`;
  const key = `agent:${agentIdOf(options.agentId)}:${rest}`;
  checkSessionKey(key);
  const read = parseSessionKey(key);
  for (const part of ['channel', 'account', 'peer'] as const) {
    if (read[part] !== base[part]) refuse(`${part} ${shown(options[part])} would be misread in it`);
  }
  if ((read.thread ?? '') !== fold(options.thread ?? '')) refuse('its thread would be misread');
  if ((read.topic ?? '') !== fold(options.topic ?? '')) refuse('its topic would be misread');
  return key;
}

interface Base {
  text: string;
  channel?: string;
  account?: string;
  peer?: string;
}

function baseOf(options: SessionKeyOptions): Base {
  const { chatType = 'direct', scope = 'main' } = options;
  if (chatType !== 'direct') {
    const channel = required('channel', options.channel).toLowerCase();
    const peer = foldFor(options)(required('peer', options.peer));
    return { text: `${channel}:${chatType}:${peer}`, channel, peer };
  }
  if (scope === 'main' || !options.peer) return { text: 'main' };
  const peer = linkedPeer(options.peer, options).toLowerCase();
  if (scope === 'per-peer') return { text: `direct:${peer}`, peer };
  const channel = required('channel', options.channel).toLowerCase();
  if (scope === 'per-channel-peer') return { text: `${channel}:direct:${peer}`, channel, peer };
  const account = (options.account || 'default').toLowerCase();
  return { text: `${channel}:${account}:direct:${peer}`, channel, account, peer };
}

/** The name that stands for all addresses of one person, or the peer itself. */
function linkedPeer(peer: string, options: SessionKeyOptions): string {
  const address = peer.toLowerCase();
  const withChannel = options.channel ? `${options.channel.toLowerCase()}:${address}` : address;
  for (const [name, addresses] of Object.entries(options.identityLinks ?? {})) {
    for (const known of addresses) {
      const folded = known.toLowerCase();
      if (folded === address || folded === withChannel) return name;
    }
  }
  return peer;
}

/** Ids of these rooms differ by case alone, so folding them would join two conversations. */
function foldFor(options: SessionKeyOptions): (id: string) => string {
  const channel = options.channel?.toLowerCase();
  const { chatType = 'direct' } = options;
  const opaque =
    (channel === 'signal' && chatType === 'group') ||
    (channel === 'matrix' && chatType !== 'direct');
  return opaque ? (id) => id : (id) => id.toLowerCase();
}

function agentIdOf(agentId = ''): string {
  const folded = agentId.trim().toLowerCase();
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(folded)) return folded;
  const cleaned = folded
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return cleaned || 'main';
}

function required(part: 'channel' | 'peer', value: string | undefined): string {
  if (!value) refuse(`it needs a ${part}`);
  return value;
}

function refuse(why: string): never {
  throw new HoldfastError('INVALID_KEY', `No session key can be built: ${why}.`);
}
