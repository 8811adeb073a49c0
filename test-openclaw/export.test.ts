/** A store that was written as a state directory, as the real programs read it. */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { exportStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { adopted } from '../test/openclaw/released.ts';
import { sampleCopy, temporaryDirectory } from '../test/openclaw/state-copy.ts';
import { changeSample, rowOf } from './changed-sample.ts';
import { LIST, openClaw, rowsByKey, TO_SQLITE } from './open-claw.ts';

describe('an exported store', () => {
  it('R9.1 is listed by 2026.7.1 and accepted by the import of 2026.9.6', async () => {
    const root = await adopted(sampleCopy());
    const states = await changeSample(root);
    const target = join(temporaryDirectory(), 'state');
    const report = await exportStateDir(root, target);
    expect(report.leftOut).toEqual([]);
    // Its settings name the agents, and are no matter of a store.
    cpSync(join(root, 'openclaw.json'), join(target, 'openclaw.json'));
    const rows = rowsByKey(openClaw('2026.7.1', target, ...LIST));
    const keys = [...rows.keys()].filter((key) => !key.includes(':recovered:'));
    expect(keys.sort()).toEqual([...states.keys()].sort());
    for (const [key, state] of states) {
      const row = rows.get(key);
      expect(row).toMatchObject({ key, ...rowOf(state) });
      expect({ key, there: existsSync(row.sessionFile) }).toEqual({ key, there: true });
    }
    // Its own directory: 2026.9.6 wants a repair first where 2026.7.1 has been.
    const later = join(temporaryDirectory(), 'state');
    await exportStateDir(root, later);
    cpSync(join(root, 'openclaw.json'), join(later, 'openclaw.json'));
    const plan = openClaw('2026.9.6', later, ...TO_SQLITE('dry-run'));
    expect(plan.totals).toMatchObject({
      issues: 0,
      legacyEntries: report.sessions,
      validatedEntries: report.sessions,
      unreferencedJsonlFiles: 0,
    });
  });
});
