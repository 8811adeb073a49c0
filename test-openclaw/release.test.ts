/** A directory that Holdfast gave back, as the real programs read it. */
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adopted, releaseAt } from '../test/openclaw/released.ts';
import { expectedAnswers, sampleCopy } from '../test/openclaw/state-copy.ts';
import { changeSample, NEW, RESET, rowOf } from './changed-sample.ts';
import { CLEANUP, LIST, openClaw, rowsByKey, TO_SQLITE } from './open-claw.ts';

const expected = expectedAnswers();

describe('a released directory', () => {
  it('R7.8 R9.1 is listed by 2026.7.1 with the same sessions, fields and files', async () => {
    const root = await adopted(sampleCopy());
    const states = await changeSample(root);
    await releaseAt(root);
    const rows = rowsByKey(openClaw('2026.7.1', root, ...LIST));
    expect([...rows.keys()].sort()).toEqual([...states.keys()].sort());
    for (const [key, state] of states)
      expect(rows.get(key)).toMatchObject({ key, ...rowOf(state) });
    const untouched = expected.sessions.output.sessions.filter(
      ({ key }: { key: string }) => states.get(key)?.rev === 1,
    );
    expect(untouched.length).toBeGreaterThan(40);
    for (const { sessionFile, ...row } of untouched) {
      const { sessionFile: now, ageMs: _age, ...found } = rows.get(row.key);
      expect(found).toEqual(row);
      // Where OpenClaw had written no transcript yet, it is to be where OpenClaw would have put it.
      const { agentId } = row;
      if (sessionFile !== undefined) {
        expect(now).toBe(join(root, 'agents', agentId, 'sessions', basename(sessionFile)));
      }
    }
  });

  it('R8.5 has no transcript missing that was not missing before', async () => {
    const root = await adopted(sampleCopy());
    await changeSample(root);
    await releaseAt(root);
    const missing = (answer: { stores: { agentId: string; missing: number }[] }) =>
      answer.stores.map(({ agentId, missing }) => [agentId, missing]);
    const found = openClaw('2026.7.1', root, ...CLEANUP);
    expect(missing(found)).toEqual(missing(expected.cleanupDryRun.output));
  });

  it('R7.8 is accepted by the import of 2026.9.6, with every line', async () => {
    const before = sampleCopy();
    const root = await adopted(sampleCopy());
    const states = await changeSample(root);
    await releaseAt(root);
    const issuesOf = (answer: { targets: { issues: { code: string; sessionKey: string }[] }[] }) =>
      answer.targets.flatMap(({ issues }) =>
        issues.map(({ code, sessionKey }) => [code, sessionKey]),
      );
    const plain = openClaw('2026.9.6', before, ...TO_SQLITE('dry-run'));
    const plan = openClaw('2026.9.6', root, ...TO_SQLITE('dry-run'));
    expect(issuesOf(plan)).toEqual(issuesOf(plain));
    const began = [NEW].length;
    expect(plan.totals.validatedEntries).toBe(plain.totals.validatedEntries + began);
    const done = openClaw('2026.9.6', root, ...TO_SQLITE('import'));
    expect(issuesOf(done)).toEqual(issuesOf(plain));
    expect(done.totals.importedTranscriptEvents).toBe(plan.totals.validatedTranscriptEvents);
    const rows = rowsByKey(openClaw('2026.9.6', root, ...LIST));
    for (const key of [NEW, RESET])
      expect(rows.get(key)?.sessionId).toBe(states.get(key)?.sessionId);
  });
});
