/** The export that the program of the SQLite era lacks: its sessions, as older versions read them. */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { adoptStateDir, exportStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { databaseCopy } from '../test/openclaw/database-copy.ts';
import { collect, inStore, sampleCopy, temporaryDirectory } from '../test/openclaw/state-copy.ts';
import { LIST, openClaw, rowsByKey, TO_SQLITE } from './open-claw.ts';

// biome-ignore lint/suspicious/noExplicitAny: rows of another program
type Row = any;

describe('a directory of 2026.9.6', () => {
  it('R7.8 that was adopted and exported is listed by 2026.7.1, and 2026.9.6 imports it again', async () => {
    const root = databaseCopy('sqlite');
    const before = rowsByKey(openClaw('2026.9.6', databaseCopy('sqlite'), ...LIST));
    const { adopted } = await adoptStateDir(root, { beside: true });
    expect(adopted).toBe(before.size);
    const target = join(temporaryDirectory(), 'state');
    const report = await exportStateDir(root, target);
    expect(report.leftOut).toEqual([]);
    // Each version reads settings of its own form only; these name the same agents.
    const former = join(sampleCopy(), 'openclaw.json');
    const settings = (of: string) => cpSync(former, join(of, 'openclaw.json'));
    settings(target);
    const rows = rowsByKey(openClaw('2026.7.1', target, ...LIST));
    const told = ({ key, sessionId, updatedAt, inputTokens, outputTokens }: Row) => ({
      key,
      sessionId,
      updatedAt,
      inputTokens,
      outputTokens,
    });
    for (const [key, row] of before) {
      expect(told(rows.get(key))).toEqual(told(row));
      expect({ key, there: existsSync(rows.get(key).sessionFile) }).toEqual({ key, there: true });
    }
    await inStore(root, async (store) => {
      const keys = (await collect(store.list())).map(({ key }) => key);
      expect([...rows.keys()].sort()).toEqual(keys.sort());
    });
    const later = join(temporaryDirectory(), 'state');
    await exportStateDir(root, later);
    settings(later);
    const plan = openClaw('2026.9.6', later, ...TO_SQLITE('dry-run'));
    expect(plan.totals).toMatchObject({ issues: 0, legacyEntries: report.sessions });
  }, 300_000);
});
