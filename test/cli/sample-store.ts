import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from 'holdfast';
import { afterAll, beforeAll } from 'vitest';

export const SLACK = 'agent:main:slack:channel:c024';
export const THREAD = 'agent:main:slack:channel:c024:thread:1772124431.000855';
export const TELEGRAM = 'agent:main:telegram:group:-1001234501';
export const WORK = 'agent:work:main';

/** A directory of a test file, removed after its last test. */
export function temporaryDirectory(): () => string {
  let directory = '';
  beforeAll(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-cli-')));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return () => directory;
}

/** Opens a store, lets a test write into it, and closes it. */
export async function inStore<T>(path: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(path);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Four sessions of two agents; the one of Slack has a conversation. */
export async function sampleStore(path: string): Promise<string> {
  await inStore(path, async (store) => {
    await store.session(WORK).update({ label: 'the other agent' });
    await store.session(TELEGRAM).update({ model: 'sonnet' });
    await store.session(THREAD).update({ label: 'a thread' });
    const slack = store.session(SLACK);
    await slack.update({ model: 'opus', label: 'Größe 日本', tokens: 120, tags: ['a', 'b'] });
    await slack.append({
      type: 'message',
      message: { role: 'user', content: 'hello\nsecond line' },
    });
    await slack.append({
      type: 'message',
      message: {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          { type: 'toolCall', id: 't1', name: 'read', arguments: { path: 'notes.txt' } },
        ],
      },
    });
    await slack.append({
      type: 'message',
      message: {
        role: 'toolResult',
        toolCallId: 't1',
        toolName: 'read',
        content: [{ type: 'text', text: 'line 1\nline 2' }],
        isError: false,
      },
    });
  });
  return path;
}
