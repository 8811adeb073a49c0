import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decompress } from 'fzstd';
import type { Store, TranscriptRecord } from 'holdfast';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { databaseCopy, databasePath, expectedOf, rowsOf } from './database-copy.ts';
import { collect, inStore, recordsOf, sessionsDir } from './state-copy.ts';

const FIXTURES = [
  { name: 'sqlite', made: 'by openclaw 2026.9.6', sessions: 58, recovered: 1, archives: 0 },
  {
    name: 'sqlite-imported',
    made: 'by openclaw 2026.9.6 of what 2026.7.1 had',
    sessions: 65,
    recovered: 7,
    archives: 4,
  },
] as const;

describe.each(FIXTURES)('databases made $made', ({ name, sessions, recovered, archives }) => {
  it('become sessions, all of them and nothing else', async () => {
    const root = databaseCopy(name);
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: sessions, known: 0, recovered, refused: [] });
    expect(report.notices).toEqual([]);
    const made = report.stores.map((store) => store.archives);
    expect(made.reduce((sum, count) => sum + count, 0)).toBe(archives);
    await inStore(root, async (store) => {
      expect(await collect(store.list())).toHaveLength(sessions + recovered);
      expect((await store.verify()).problems).toEqual([]);
    });
  });

  it('R9.1 have the sessions that the program itself lists', async () => {
    const root = databaseCopy(name);
    await adoptStateDir(root);
    const listed = expectedOf(name).sessions as Record<string, unknown>[];
    expect(listed.length).toBeGreaterThan(50);
    await inStore(root, async (store) => {
      const rows = new Map((await collect(store.list())).map((row) => [row.key, row]));
      for (const { key, agentId, sessionId, updatedAt, ...fields } of listed) {
        const row = rows.get(String(key));
        expect(row).toMatchObject({ key, agentId, sessionId, updatedAt });
        const { entry = {} } = (await store.session(String(key)).read()) ?? {};
        // Others are worked out by the listing.
        for (const field of ['sessionStartedAt', 'status', 'abortedLastRun', 'systemSent']) {
          expect([key, field, entry[field]]).toEqual([key, field, fields[field]]);
        }
      }
    });
  });

  it('R8.4 keep every field of every entry, known or not', async () => {
    const root = databaseCopy(name);
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      for (const agentId of ['main', 'work']) {
        const sql = 'SELECT session_key, entry_json FROM session_nodes WHERE entry_valid <> -1';
        for (const row of await rowsOf(databasePath(root, agentId), sql)) {
          const key = String(row.session_key);
          const { sessionId, updatedAt, ...fields } = JSON.parse(String(row.entry_json));
          const state = await store.session(key).read();
          expect(state).toMatchObject({ key, agentId, sessionId, updatedAt });
          expect(state?.entry).toEqual(withPrompt(root, agentId, fields));
        }
      }
    });
  });

  it('have the transcripts row for row', async () => {
    const root = databaseCopy(name);
    await adoptStateDir(root);
    let lines = 0;
    await inStore(root, async (store) => {
      for (const agentId of ['main', 'work']) {
        const written = await transcriptsOf(databasePath(root, agentId));
        for await (const { key, agentId: agent, sessionId } of store.list()) {
          if (agent !== agentId || (key.includes(':recovered:') && !written.has(sessionId)))
            continue;
          const [header, ...rows] = written.get(sessionId) ?? [{ type: 'session' }];
          expect(header).toMatchObject({ type: 'session' });
          const seen = (await recordsOf(store, key)).map(({ seq: _seq, ...record }) => record);
          expect(seen).toEqual(rows);
          lines += seen.length;
        }
      }
    });
    expect(lines).toBeGreaterThan(500);
  });

  it('have the messages that the program itself shows', async () => {
    const root = databaseCopy(name);
    await adoptStateDir(root);
    const { chatHistory, chatHistoryCounts } = expectedOf(name);
    await inStore(root, async (store) => {
      for (const [key, ids] of Object.entries<string[]>(chatHistory)) {
        const shown = (await messagesOf(store, key)).map(({ id }) => id);
        expect(ids.filter((id) => !shown.includes(id))).toEqual([]);
      }
      let compared = 0;
      const counts = Object.entries<{ roles: Record<string, number> }>(chatHistoryCounts);
      expect(counts.length).toBeGreaterThan(50);
      for (const [key, { roles }] of counts) {
        const shown = await messagesOf(store, key);
        // After these it shows a part only, and of a job not what it was asked.
        if (
          key.includes(':cron:') ||
          shown.some(({ type }) => type === 'reset' || type === 'compaction')
        )
          continue;
        const users = shown.filter(({ message }) => message?.role === 'user');
        compared += 1;
        expect([key, users.length]).toEqual([key, roles.user ?? 0]);
      }
      expect(compared).toBeGreaterThan(30);
    });
  });
});

/** The import has left prompts in files; an adopted entry does not depend on them. */
// biome-ignore lint/suspicious/noExplicitAny: an entry of another program
function withPrompt(root: string, agentId: string, fields: any) {
  const { promptRef, ...others } = fields.skillsSnapshot ?? {};
  if (promptRef === undefined) return fields;
  const { hash } = promptRef;
  const place = join('skills-prompts', 'sha256', hash.slice(0, 2), `${hash}.txt`);
  const prompt = readFileSync(join(sessionsDir(root, agentId), place), 'utf8');
  return { ...fields, skillsSnapshot: { ...others, prompt } };
}

/** The rows of every transcript, as a direct look into the database has them. */
async function transcriptsOf(path: string): Promise<Map<string, unknown[]>> {
  const sql = 'SELECT * FROM transcript_events ORDER BY session_id, seq';
  const found = new Map<string, unknown[]>();
  for (const { session_id, event_json, event_zstd } of await rowsOf(path, sql)) {
    const id = String(session_id);
    const text = event_json ?? Buffer.from(decompress(event_zstd as Uint8Array)).toString('utf8');
    found.set(id, [...(found.get(id) ?? []), JSON.parse(String(text))]);
  }
  return found;
}

/** What `chat.history` shows: messages and marks, but no internal context. */
async function messagesOf(store: Store, key: string): Promise<TranscriptRecord[]> {
  const records = await recordsOf(store, key);
  return records.filter(({ type, message }) => {
    if (type !== 'message') return true;
    return !message.content?.[0]?.text?.startsWith('<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>');
  });
}
