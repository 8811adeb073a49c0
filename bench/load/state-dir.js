import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryOf, keyOf } from './sample-entry.js';
import { fill } from './words.js';

const T0 = 1_790_000_000_000;
/** A transcript of 20 KB: 40 messages of half a kilobyte. */
const MESSAGES = 40;

/** An OpenClaw state directory as 2026.7.1 leaves it: a list of sessions, and a transcript for each. */
export function makeStateDir(root, sessions) {
  const directory = join(root, 'agents', 'main', 'sessions');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const list = {};
  for (let i = 0; i < sessions; i++) {
    const sessionId = idOf(i);
    const sessionFile = join(directory, `${sessionId}.jsonl`);
    list[keyOf(i)] = { sessionId, updatedAt: T0 + i, sessionFile, ...entryOf(i), ...report };
    writeFileSync(sessionFile, transcriptOf(i, sessionId), { mode: 0o600 });
  }
  writeFileSync(join(directory, 'sessions.json'), JSON.stringify(list, null, 2), { mode: 0o600 });
}

const idOf = (i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;

/** The prompt report of a run, which every entry carries. */
const report = {
  systemPromptReport: {
    source: 'run',
    tools: {
      entries: Array.from({ length: 40 }, (_, n) => ({
        name: `tool_${n}`,
        summaryChars: 100 + n,
        schemaChars: 400 + n,
        propertiesCount: 7,
      })),
    },
  },
};

function transcriptOf(i, id) {
  const timestamp = new Date(T0 + i).toISOString();
  const lines = [{ type: 'session', version: 3, id, timestamp, cwd: '/srv/work' }];
  for (let n = 0; n < MESSAGES; n++) {
    const parentId = n === 0 ? null : recordId(i, n - 1);
    const text = fill(330, i + n);
    const message = { role: n % 2 ? 'assistant' : 'user', content: [{ type: 'text', text }] };
    lines.push({ type: 'message', id: recordId(i, n), parentId, timestamp, message });
  }
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

const recordId = (i, n) => (i * 1_000 + n).toString(16).padStart(8, '0');
