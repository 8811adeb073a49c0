import { readdirSync, statSync } from 'node:fs';
import { expect } from 'vitest';
import { Child } from '../processes/child.ts';
import { expectCurrent, mirrorOnce } from './mirror-at.ts';
import { listPath, readList, sessionsDir } from './state-copy.ts';

/**
 * Kills gateways with a mirror of one directory at random moments, one after another. After each, the
 * file is whole, the next mirror takes nothing of it for an edit, and then it says what the store
 * says. Resolves to how many of them had left something to write.
 */
export async function killWriters(
  root: string,
  kills: number,
  below: (max: number) => number,
): Promise<number> {
  let interrupted = 0;
  const lifeMs = 2 * (await openingMs(root));
  for (let kill = 0; kill < kills; kill += 1) {
    const child = gateway(root);
    await child.said('opening');
    // Not a wait for anything: the moment of death is what is tried.
    await new Promise((resolve) => setTimeout(resolve, below(Math.ceil(lifeMs))));
    await child.kill();
    const { ino, mtimeMs } = statSync(listPath(root));
    readList(root);
    expect(await mirrorOnce(root), `after kill ${kill}`).toEqual([]);
    const now = statSync(listPath(root));
    if (now.ino !== ino || now.mtimeMs !== mtimeMs) interrupted += 1;
    await expectCurrent(root);
  }
  const files = readdirSync(sessionsDir(root)).filter((name) => name.startsWith('sessions.json'));
  expect(files).toEqual(['sessions.json']);
  return interrupted;
}

function gateway(root: string): Child {
  return new Child('mirror-child', {
    words: [root, '10'],
    programs: new URL('./', import.meta.url),
  });
}

/** What one takes here and now from its opening to its first changes. */
async function openingMs(root: string): Promise<number> {
  const child = gateway(root);
  await child.said('opening');
  const began = performance.now();
  await child.said('ready');
  await child.kill();
  return performance.now() - began;
}
