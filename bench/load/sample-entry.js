import { fill } from './words.js';

/** Channels in the mix of a gateway; the key of a session says where its conversation is routed. */
const ROUTES = [
  (i) => `agent:main:telegram:direct:${700_000_000 + i}`,
  (i) => `agent:main:slack:channel:c0${i.toString(36).padStart(6, '0')}`,
  (i) => `agent:main:telegram:group:-100${1_500_000_000 + i}`,
  (i) => `agent:main:discord:channel:${(9_000_000_000 + i).toString()}`,
  (i) => `agent:main:whatsapp:direct:+4915${1_000_000 + i}`,
];

export const keyOf = (i) => ROUTES[i % ROUTES.length](i);

export const keysOf = (count) => Array.from({ length: count }, (_, i) => keyOf(i));

const T0 = 1_790_000_000_000;

/** An entry of a gateway's session as JSON of exactly `bytes` bytes, fields as gateways write them. */
export function entryOf(i, bytes = 1_024) {
  const [, , channel, chatType, peer] = keyOf(i).split(':');
  const to = `${channel}:${peer}`;
  const entry = {
    chatType,
    systemSent: true,
    abortedLastRun: false,
    thinkingLevel: 'low',
    deliveryContext: { channel, to, accountId: 'default' },
    lastChannel: channel,
    lastTo: to,
    lastAccountId: 'default',
    origin: { label: `Chat ${i}`, provider: channel, chatType, from: to, to, accountId: 'default' },
    turns: 0,
    lastMessageId: `m-${i}-0`,
    model: 'model-a',
    modelProvider: 'provider',
    contextTokens: 200_000,
    inputTokens: 1_843,
    outputTokens: 412,
    totalTokens: 23_118,
    compactionCount: 1,
    queueMode: 'followup',
    lastInteractionAt: T0,
    sessionStartedAt: T0 - 86_400_000,
    displayName: `${channel}:chat-${i}`,
    note: '',
  };
  return padTo(entry, 'note', bytes);
}

/**
 * The same with what a gateway takes along for every session: a skills list and a prompt report,
 * identical over all sessions, 60 KB together.
 */
export function fatEntryOf(i) {
  return { ...entryOf(i), skillsSnapshot, systemPromptReport };
}

const skillsSnapshot = {
  version: 3,
  prompt: fill(14_000, 1),
  skills: Array.from({ length: 40 }, (_, n) => ({ name: `skill-${n}`, primaryEnv: `KEY_${n}` })),
  resolvedSkills: Array.from({ length: 40 }, (_, n) => ({
    name: `skill-${n}`,
    description: fill(600, n + 2),
    filePath: `skills/skill-${n}/SKILL.md`,
    baseDir: `skills/skill-${n}`,
    source: 'bundled',
    disableModelInvocation: false,
  })),
};

const systemPromptReport = {
  source: 'run',
  generatedAt: T0,
  provider: 'provider',
  model: 'model-a',
  systemPrompt: { chars: 31_400, projectContextChars: 9_100, nonProjectContextChars: 22_300 },
  injectedWorkspaceFiles: Array.from({ length: 8 }, (_, n) => ({
    name: `FILE-${n}.md`,
    path: `workspace/FILE-${n}.md`,
    missing: false,
    rawChars: 1_000 + n,
    injectedChars: 1_000 + n,
    truncated: false,
  })),
  skills: {
    entries: Array.from({ length: 40 }, (_, n) => ({ name: `skill-${n}`, blockChars: 180 + n })),
  },
  tools: {
    entries: Array.from({ length: 60 }, (_, n) => ({
      name: `tool-${n}`,
      summaryChars: 80 + n,
      schemaChars: 400 + n,
      propertiesCount: n % 9,
      note: fill(60, n + 90),
    })),
  },
};

function padTo(entry, field, bytes) {
  const missing = bytes - Buffer.byteLength(JSON.stringify(entry));
  if (missing < 0) throw new Error(`the sample entry is ${-missing} bytes larger than ${bytes}`);
  entry[field] = 'n'.repeat(missing);
  return entry;
}

const MODELS = ['model-a', 'model-b', 'model-c'];

/**
 * One update: reads the entry and changes five of its fields, a counter, two strings, a number and
 * a timestamp. The counter is what a fresh process adds up afterwards.
 */
export function changeOf(n) {
  return (entry) => ({
    turns: (entry.turns ?? 0) + 1,
    lastMessageId: `m-${n}-${entry.turns}`,
    model: MODELS[n % 3],
    totalTokens: 20_000 + (n % 10_000),
    lastInteractionAt: Date.now(),
  });
}

/** The same five fields as a patch, which is no function of the entry. */
export function patchOf(n) {
  return {
    turns: n,
    lastMessageId: `m-${n}`,
    model: MODELS[n % 3],
    totalTokens: 20_000 + (n % 10_000),
    lastInteractionAt: Date.now(),
  };
}
