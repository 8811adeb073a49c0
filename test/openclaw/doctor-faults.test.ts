import { join } from 'node:path';
import { adoptStateDir } from 'holdfast/openclaw';
import { expect, it } from 'vitest';
import { verifyFiles } from '../../src/backends/files/verify-files.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import { examine } from '../../src/openclaw/doctor/examine.ts';
import type { DoctorReport } from '../../src/openclaw/doctor/finding.ts';
import { realNeighbours } from '../../src/system/neighbours.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { damagedCopy } from './damaged-copy.ts';
import { listPath } from './state-copy.ts';

function look(root: string, system: FaultySystem): Promise<DoctorReport> {
  const ask = { deep: false, findingsPerCodeMax: undefined };
  return examine(root, ask, {
    ...{ system, neighbours: realNeighbours },
    storeAt: () => ({ hasSession: () => true, hasArchive: () => false }),
    verify: (at, where) => verifyFiles(where, at),
  });
}

it('R3.6 goes on when any one call of the system fails, and takes nothing for lost', async () => {
  const root = damagedCopy('none');
  await adoptStateDir(root);
  const whole = await look(root, new FaultySystem());
  const tells = (report: DoctorReport) => report.findings.map(({ code }) => code);
  // A file that can not be read is neither missing nor empty nor damaged.
  const lost =
    /^(LIST_(MISSING|EMPTY|ZEROES|TORN|NOT)|TRANSCRIPT_(MISSING|EMPTY|TORN|DAM)|NO_STATE)/;
  let faults = 0;
  let told = 0;
  for (let n = 1; ; n++) {
    const system = new FaultySystem();
    let hit = false;
    system.intervene = (call) => {
      if (call.n !== n || call.name === 'close' || call.name === 'closeSync') return undefined;
      hit = true;
      return { errno: 'EIO' };
    };
    try {
      const report = await look(root, system);
      expect(
        tells(report).filter((code) => lost.test(code)),
        `call ${n}`,
      ).toEqual([]);
      if (hit && report.counts.error > whole.counts.error) told += 1;
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      // Only the state directory itself has to be there.
      expect([error.code, n < 5]).toEqual(['IO_FAILED', true]);
    }
    if (n > 20 && system.calls.length < n) break;
    if (hit) faults += 1;
  }
  expect(faults).toBeGreaterThan(100);
  expect(told).toBeGreaterThan(faults / 4);
});

it('C.5 tells a list that can not be read from one that is not there', async () => {
  const root = damagedCopy('none');
  const system = new FaultySystem();
  system.intervene = ({ name, path }) =>
    path === listPath(root) && name === 'read' ? { errno: 'EIO' } : undefined;
  const { findings } = await look(root, system);
  const path = 'agents/main/sessions/sessions.json';
  expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
    { code: 'LIST_UNREADABLE', path, reason: expect.stringContaining('EIO') },
  ]);
  expect(findings.map(({ code }) => code)).not.toContain('ORPHAN_TRANSCRIPT');
  expect(join(root, path)).toBe(listPath(root));
});
