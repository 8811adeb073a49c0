import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listPath, readList, smallCopy, writeList } from '../openclaw/state-copy.ts';
import { errorOf, holdfast, inProcess, start } from './command-line.ts';
import { temporaryDirectory } from './sample-store.ts';

const MAIN = 'agent:main:main';
const root = temporaryDirectory();

/** A state directory that the command line has taken over. */
async function adopted(): Promise<string> {
  const state = smallCopy();
  expect((await inProcess(['adopt', state, '--yes'])).code).toBe(0);
  return state;
}

describe('holdfast mirror', () => {
  it('keeps the file current until it is told to stop', async () => {
    const state = await adopted();
    const running = start(['mirror', state, '--every', '20']);
    let told = '';
    running.child.stderr?.on('data', (text: string) => {
      told += text;
    });
    await shown(() => told.includes('is kept current until Ctrl-C'));
    await inProcess(['set', MAIN, 'label=shown', '--store', state]);
    await shown(() => readList(state)[MAIN].label === 'shown');
    const list = readList(state);
    list[MAIN].label = 'by hand';
    writeList(state, list);
    // What was written by hand is written again by the mirror, as OpenClaw formats it.
    writeFileSync(listPath(state), JSON.stringify(list));
    await shown(() => readFileSync(listPath(state), 'utf8').includes('"label": "by hand"'));
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    const shownNow = await inProcess(['show', MAIN, '--json', '--store', state]);
    expect(JSON.parse(shownNow.stdout).entry.label).toBe('by hand');
  }, 60_000);

  it('writes once with --once', async () => {
    const state = await adopted();
    await inProcess(['set', MAIN, 'label=once', '--store', state]);
    const ran = await holdfast(['mirror', '--once', '--openclaw', '2026.4.26', '--store', state]);
    expect(ran).toMatchObject({ code: 0, stdout: '' });
    expect(readList(state)[MAIN].label).toBe('once');
    expect(readList(state)[MAIN].skillsSnapshot).not.toHaveProperty('promptRef');
  });

  it('tells of what it keeps beside', async () => {
    const state = await adopted();
    const list = readList(state);
    await inProcess(['set', MAIN, 'label=ours', '--store', state]);
    list[MAIN].label = 'theirs';
    writeList(state, list);
    const ran = await inProcess(['mirror', '--once', '--store', state]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/warning: .*\(label\).*sessions\.json\.conflict\..*MIRROR_CONFLICT/);
  });

  it('refuses what was not adopted, a place without a store, and versions with SQLite', async () => {
    const state = smallCopy();
    const unadopted = await inProcess(['mirror', state, '--once', '--json']);
    expect(unadopted.code).toBe(2);
    expect(errorOf(unadopted)).toMatchObject({ code: 'NO_STORE' });
    expect((await inProcess(['mirror', join(root(), 'none'), '--once'])).code).toBe(2);
    const later = await inProcess(['mirror', await adopted(), '--openclaw', '2026.9.6', '--json']);
    expect(later.code).toBe(7);
    expect(errorOf(later).code).toBe('STORE_UNSUPPORTED');
    expect((await inProcess(['mirror', '--every', '5'])).code).toBe(2);
  });
});

async function shown(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The mirror did not show it.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
