/** Adoptions in processes that are killed at a call of the file system, and gone on with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adoptStateDir } from 'holdfast/openclaw';
import { expect } from 'vitest';
import { seeded } from '../processes/seeded.ts';
import { collect, foreignFiles, inStore, temporaryDirectory } from './state-copy.ts';

const CHILD = fileURLToPath(new URL('adopt-child.js', import.meta.url));
const DIES = new URL('dies-at.js', import.meta.url).href;

/** Kills an adoption of what `make` makes at so many random moments; the next run must complete it. */
export async function adoptKilled(make: () => Promise<string>, moments: number): Promise<void> {
  const random = seeded('an adoption that is killed');
  const whole = await make();
  const callsTo = join(temporaryDirectory(), 'calls');
  expect(await adoptIn(whole, { CALLS_TO: callsTo })).toBe(0);
  const calls = Number(readFileSync(callsTo, 'utf8'));
  const wanted = await contentOf(whole);
  expect(calls).toBeGreaterThan(500);
  for (let moment = 0; moment < moments; moment += 1) {
    const root = await make();
    const before = foreignFiles(root);
    const at = 1 + random.below(calls - 1);
    const ended = await adoptIn(root, { DIES_AT: String(at) });
    expect([at, ended]).toEqual([at, 'SIGKILL']);
    const report = await adoptStateDir(root);
    expect([at, report.refused, report.notices]).toEqual([at, [], []]);
    expect({ at, content: await contentOf(root) }).toEqual({ at, content: wanted });
    expect(foreignFiles(root)).toEqual(before);
    expect((await adoptStateDir(root)).adopted).toBe(0);
  }
  console.log(`killed at ${moments} of ${calls} calls`);
}

/** The exit code or the signal. */
async function adoptIn(root: string, settings: Record<string, string>): Promise<unknown> {
  const env = { ...process.env, ...settings };
  const child = spawn(process.execPath, ['--import', DIES, CHILD, root], { env, stdio: 'inherit' });
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}

/** Every session with its state, its archives and all transcripts; places in files are not compared. */
async function contentOf(root: string): Promise<unknown[]> {
  return inStore(root, async (store) => {
    const found: unknown[] = [];
    for await (const { key } of store.list({ order: 'key' })) {
      const session = store.session(key);
      const archives = await session.archives();
      const transcripts: unknown[] = [];
      for (const sessionId of [undefined, ...archives.map((archive) => archive.sessionId)]) {
        const range = sessionId === undefined ? {} : { sessionId };
        const records = await collect(session.transcript(range));
        transcripts.push(records.map(({ seq: _seq, ...record }) => record));
      }
      found.push({ state: await session.read(), archives, transcripts });
    }
    expect((await store.verify()).problems).toEqual([]);
    return found;
  });
}
