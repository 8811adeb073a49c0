import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store, TranscriptRecord } from 'holdfast';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import {
  collect,
  expectedAnswers,
  foreignFiles,
  inStore,
  readList,
  recordsOf,
  sampleCopy,
  sessionsDir,
} from './state-copy.ts';

const answers = expectedAnswers();
// biome-ignore lint/suspicious/noExplicitAny: rows of another program
const listed: any[] = answers.sessions.output.sessions;
const ADOPTED = { dryRun: false, adopted: 62, known: 0, recovered: 10, refused: [] };

describe('a state directory of openclaw 2026.7.1', () => {
  it('has the sessions that the program itself lists', async () => {
    const root = sampleCopy();
    expect(await adoptStateDir(root)).toMatchObject(ADOPTED);
    await inStore(root, async (store) => {
      const rows = (await collect(store.list())).filter(({ key }) => !isRecovered(key));
      const seen = rows.map(({ key, agentId, sessionId, updatedAt }) => ({
        key,
        agentId,
        sessionId,
        updatedAt,
      }));
      const wanted = listed.map(({ key, agentId, sessionId, updatedAt }) => ({
        key,
        agentId,
        sessionId,
        updatedAt,
      }));
      expect(seen.sort(byKey)).toEqual(wanted.sort(byKey));
    });
  });

  it('R8.4 keeps every field of every entry, known or not', async () => {
    const root = sampleCopy();
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      for (const agentId of ['main', 'work']) {
        for (const [key, entry] of Object.entries(readList(root, agentId))) {
          const { sessionId, updatedAt, sessionFile: _file, skillsSnapshot, ...fields } = entry;
          const state = await store.session(key).read();
          const former = await store.session(key).archives();
          const rev = 1 + former.length;
          expect(state).toMatchObject({ key, agentId, rev, sessionId, updatedAt });
          const began = former.at(-1)?.createdAt ?? entry.sessionStartedAt ?? updatedAt;
          expect(state?.createdAt).toBe(began);
          const { sessionFile: _kept, skillsSnapshot: snapshot, ...others } = state?.entry ?? {};
          expect(others).toEqual(fields);
          expect(snapshot).toEqual(withPrompt(root, agentId, skillsSnapshot));
        }
      }
    });
  });

  it('has the transcripts as they lie on the disk, line for line', async () => {
    const root = sampleCopy();
    await adoptStateDir(root);
    let lines = 0;
    await inStore(root, async (store) => {
      for await (const { key, agentId } of store.list()) {
        if (isRecovered(key)) continue;
        const state = await store.session(key).read();
        const name = readList(root, agentId)[key].sessionFile.split('/').at(-1);
        const path = join(sessionsDir(root, agentId), name);
        const seen = (await recordsOf(store, key)).map(({ seq: _seq, ...record }) => record);
        if (!existsSync(path)) {
          expect(state?.entry.sessionFile).toBeUndefined();
          expect(seen).toEqual([]);
          continue;
        }
        expect(state?.entry.sessionFile).toBe(name);
        const [header, ...written] = readFileSync(path, 'utf8').trimEnd().split('\n');
        expect(JSON.parse(header as string)).toMatchObject({ id: state?.sessionId });
        expect(seen).toEqual(written.map((line) => JSON.parse(line)));
        lines += seen.length;
      }
    });
    expect(lines).toBeGreaterThan(300);
  });

  it('has the messages that the program itself shows', async () => {
    const root = sampleCopy();
    await adoptStateDir(root);
    await inStore(root, async (store) => {
      const counts = Object.entries<{ messages: number; roles: object }>(answers.chatHistoryCounts);
      expect(counts.length).toBeGreaterThan(50);
      for (const [key, { messages, roles }] of counts) {
        const shown = await shownMessages(store, key);
        expect({ key, messages: shown.length, roles: countRoles(shown) }).toEqual({
          key,
          messages,
          roles,
        });
      }
      for (const [key, history] of Object.entries<{ messages: { __openclaw?: { id: string } }[] }>(
        answers.chatHistory,
      )) {
        const ids = (await shownMessages(store, key)).map(({ id }) => id);
        expect(ids).toEqual(history.messages.map((message) => message.__openclaw?.id));
      }
    });
  });

  it('C.9 is not changed by an adoption, nor by a second one', async () => {
    const root = sampleCopy();
    const before = foreignFiles(root);
    await adoptStateDir(root);
    expect(foreignFiles(root)).toEqual(before);
    const sessions = await inStore(root, (store) => collect(store.list()));
    const again = await adoptStateDir(root);
    expect(again).toMatchObject({ adopted: 0, known: 62, recovered: 0, refused: [] });
    expect(again.notices.filter(({ key }) => key !== undefined)).toEqual([]);
    expect(foreignFiles(root)).toEqual(before);
    expect(await inStore(root, (store) => collect(store.list()))).toEqual(sessions);
  });

  it('R8.5 has no damage, and its loose transcripts are sessions of their own', async () => {
    const root = sampleCopy();
    const report = await adoptStateDir(root);
    expect(report.stores.map(({ agentId, orphans }) => [agentId, orphans])).toEqual([
      ['main', 0],
      ['work', 0],
    ]);
    await inStore(root, async (store) => {
      const { ok, checked, problems } = await store.verify();
      expect(problems).toEqual([]);
      expect(ok).toBe(true);
      expect(checked).toMatchObject({ sessions: 72 });
    });
  });
});

/** What `chat.history` shows: messages and a mark for each compaction, but no internal context. */
async function shownMessages(store: Store, key: string): Promise<TranscriptRecord[]> {
  const records = await recordsOf(store, key);
  return records.filter(({ type, message }) => {
    if (type !== 'message') return type === 'compaction';
    return !message.content?.[0]?.text?.startsWith('<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>');
  });
}

function countRoles(records: TranscriptRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, message } of records) {
    const role = type === 'compaction' ? 'system' : message.role;
    counts[role] = (counts[role] ?? 0) + 1;
  }
  return counts;
}

// biome-ignore lint/suspicious/noExplicitAny: an entry of another program
function withPrompt(root: string, agentId: string, snapshot: any) {
  if (snapshot?.promptRef === undefined) return snapshot;
  const { promptRef, ...others } = snapshot;
  const { hash } = promptRef;
  const place = join('skills-prompts', 'sha256', hash.slice(0, 2), `${hash}.txt`);
  return { ...others, prompt: readFileSync(join(sessionsDir(root, agentId), place), 'utf8') };
}

function isRecovered(key: string): boolean {
  return key.includes(':recovered:');
}

function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1;
}
