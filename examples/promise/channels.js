import { parseSessionKey } from 'holdfast';

/** The three processes. Each serves the sessions whose keys say so. */
export const CHANNELS = /** @type {const} */ (['slack', 'telegram', 'cron']);

/** @typedef {typeof CHANNELS[number]} Channel */

const BACKGROUND = ['cron', 'subagent', 'hook'];

/**
 * Which process serves a session: Telegram its own chats, the cron process what nobody talks to,
 * and the Slack-like gateway the chats of all other networks.
 * @param {string} key
 * @returns {Channel | undefined}
 */
export function channelOf(key) {
  const { kind, channel } = parseSessionKey(key);
  if (BACKGROUND.includes(kind)) return 'cron';
  if (channel === undefined) return undefined;
  return channel === 'telegram' ? 'telegram' : 'slack';
}

/**
 * The field of an entry in which a process counts its updates.
 * @param {Channel} channel
 */
export function counterOf(channel) {
  return `${channel}Updates`;
}
