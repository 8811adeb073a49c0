import type { NewRecord } from '../model/state.ts';
import { CommandError } from './command-error.ts';

/**
 * A message from a role and a text, complete enough for the programs that read such transcripts:
 * they sum up `usage` of every assistant message, and know an injected one by its model.
 *
 * @param now milliseconds since the epoch
 */
export function textRecord(role: string, text: string, now: number): NewRecord {
  const content = [{ type: 'text', text }];
  if (role === 'user') return { type: 'message', message: { role, content, timestamp: now } };
  if (role !== 'assistant') {
    throw new CommandError('USAGE', `--role does not know "${role}".`, {
      remedy: 'Use --role user or --role assistant; any other record can be given as JSON.',
    });
  }
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
  const usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, cost };
  const message = {
    role,
    content,
    api: 'openai-responses',
    provider: 'openclaw',
    model: 'gateway-injected',
    usage,
    stopReason: 'stop',
    timestamp: now,
  };
  return { type: 'message', message };
}
