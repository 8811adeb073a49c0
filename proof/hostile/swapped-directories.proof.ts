/**
 * Directories that are exchanged for links while a writer works. Node has no calls that start from
 * an open directory; on Linux the store goes through `/proc/self/fd`, so nothing it does can land
 * outside. The promise is about writes: calls may be refused, and the other sessions go on.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { isHoldfastError } from '../../src/model/errors.ts';
import { openStoreAt } from '../../test/files/open-store-at.ts';
import { directoryOf, pathsOf } from '../../test/files/paths-of-session.ts';
import { temporaryDirectory } from '../../test/files/temporary-directory.ts';
import { bytesOf } from '../../test/files/tree-of.ts';
import { keepFigure } from '../frame/figures.ts';
import { itWith, runProgram } from '../frame/needs.ts';
import { beginRun, type Chance } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';

const SWAPPED = 'agent:main:swapped';
const OTHER = 'agent:other:main';
const note = { type: 'note', text: 'said' };
const SWAPS = size(2_000, 25_000);

/** What is exchanged, and who must not notice. */
const PLACES: [string, (root: string) => string][] = [
  ['the directory of a session', (root) => directoryOf(root, SWAPPED)],
  ['sessions.d', (root) => pathsOf(root, 'main').sessions],
  ['the directory of an agent', (root) => join(root, 'agents', 'main')],
  ['changes', (root) => pathsOf(root, 'main').changes],
];

/** Every verb that changes something, in any order; each may be refused with an error of the list. */
async function write(root: string, chance: Chance, over: () => boolean, mayRemove: boolean) {
  const codes: Record<string, number> = {};
  let calls = 0;
  while (!over()) {
    // Opened anew again and again, because an open file is not looked up any more.
    const { store } = await openStoreAt(root, { openFilesMax: 16 });
    const session = store.session(SWAPPED);
    const verbs: (() => Promise<unknown>)[] = [
      () => session.update({ n: calls }),
      () => session.append(note),
      () => session.reset(),
      () => session.turn((turn) => turn.update({ turned: calls })),
      () => session.update({ text: `${calls} `.padEnd(40_000, 'x') }),
      // The link itself would be moved away, and there would be nothing more to exchange.
      async () => mayRemove && chance.below(4) === 0 && (await session.remove()),
      () => store.repair({ dryRun: false }),
    ];
    for (let n = 0; n < 12; n++) {
      calls += 1;
      try {
        await chance.pick(verbs)();
      } catch (error) {
        if (!isHoldfastError(error)) throw error;
        codes[error.code] = (codes[error.code] ?? 0) + 1;
      }
    }
    await store.session(OTHER).update({ calls });
    await store.close().catch((error) => {
      if (!isHoldfastError(error)) throw error;
    });
  }
  return { calls, codes };
}

/** The program that exchanges two names, built on the spot. */
function builtSwapper(): string {
  const program = join(temporaryDirectory(), 'swapper');
  runProgram('gcc', ['-O2', '-o', program, join(import.meta.dirname, 'swapper.c')]);
  return program;
}

function startSwapper(words: readonly string[]) {
  const swapper = spawn(builtSwapper(), words, { timeout: 600_000, killSignal: 'SIGKILL' });
  let over = false;
  let text = '';
  for (const stream of [swapper.stdout, swapper.stderr]) {
    stream.on('data', (more) => {
      text += more;
    });
  }
  const ended = new Promise<string>((resolve) => {
    swapper.on('close', () => {
      over = true;
      resolve(text);
    });
  });
  onTestFinished(() => {
    swapper.kill('SIGKILL');
  });
  return { over: () => over, ended };
}

for (const [at, [name, placeOf]] of PLACES.entries()) {
  itWith(['linux', 'gcc'])(
    `R7.10 R1.9 ${name} exchanged for a link out of the store, again and again: nothing outside is made or changed`,
    async () => {
      const { seed, chance } = beginRun('hostile', name);
      const began = performance.now();
      const above = temporaryDirectory();
      const root = join(above, 'store');
      const outside = join(above, 'outside');
      const { store } = await openStoreAt(root);
      for (const key of [SWAPPED, OTHER]) {
        await store.session(key).update({ key });
        await store.session(key).append(note);
      }
      await store.close();
      // What lies outside looks like what is exchanged for it, so that every file is found there.
      cpSync(placeOf(root), outside, { recursive: true });
      writeFileSync(join(outside, 'precious'), 'precious');
      const link = join(dirname(placeOf(root)), 'swapped-link');
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(outside, link);
      const before = bytesOf(outside);
      const swapper = startSwapper([placeOf(root), link, String(SWAPS), '300']);
      const { calls, codes } = await write(root, chance, swapper.over, at > 0);
      const swaps = Number(await swapper.ended);
      expect(swaps).toBeGreaterThanOrEqual(SWAPS);
      const after = bytesOf(outside);
      const names = new Set([...Object.keys(before), ...Object.keys(after)]);
      const changed = [...names].filter((path) => before[path] !== after[path]);
      console.log(`hostile: ${calls} calls, refused: ${JSON.stringify(codes)}`);
      keepFigure('hostile', {
        what: `exchanges of ${name} for a link`,
        count: swaps,
        found: { 'writes outside': changed.length },
        seconds: (performance.now() - began) / 1_000,
        seed,
      });
      expect(changed).toEqual([]);
      // Once nobody exchanges anything any more, all goes on by itself or after a repair.
      const { store: again } = await openStoreAt(root);
      await again.repair({ dryRun: false });
      await again.session(SWAPPED).update({ calm: true });
      expect((await again.session(SWAPPED).read())?.entry.calm).toBe(true);
      expect((await again.session(OTHER).read())?.entry.key).toBe(OTHER);
    },
    minutes(2, 10),
  );
}
