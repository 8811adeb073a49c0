import { lowerCasedKey } from './case-variants.ts';

/** What decides the form of keys in one `sessions` directory. */
export interface KeyRules {
  agentId: string;
  /** What the settings name the main session; `main` unless they do. */
  mainKey: string;
}

/**
 * The key under which OpenClaw 2026.7.1 would write this session again: without blanks around it,
 * in lower case but for ids that other networks issue with their case, and with its agent. The main
 * agent's own bare keys, such as `global`, mean the same without one.
 */
export function canonicalKey(key: string, { agentId, mainKey }: KeyRules): string {
  const trimmed = lowerCasedKey(key.trim());
  if (trimmed === '') return key;
  const main = `agent:${agentId}:${lowerCasedKey(mainKey)}`;
  if (trimmed === 'main' || trimmed === mainKey || trimmed === `agent:${agentId}:main`) return main;
  if (trimmed.startsWith('agent:') || agentId === 'main') return trimmed;
  return `agent:${agentId}:${trimmed}`;
}
