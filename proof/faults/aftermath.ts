/** What must hold after an operation, whatever failed in it. */
import type { Call } from '../../test/faults/faulty-system.ts';
import type { Inode } from '../memory-disk/inode.ts';
import type { MemoryDisk } from '../memory-disk/memory-disk.ts';
import { faultyMemory, type Opened, openOver, quiet } from './opened.ts';
import type { Place } from './operations.ts';
import { type Ended, KEY, ROOT, type Scene } from './scene.ts';
import { mustBeSame, rowOf, type Seen, seenOf, textOf } from './views.ts';

const EMPTY: Seen = { rev: 1, entry: {}, records: [], archives: [] };
const TWO_HOURS_MS = 7_200_000;

export interface Verdict extends Ended {
  tried: Opened;
  witness: Opened;
  /** The calls that failed. */
  hits: readonly Call[];
  learned: Partial<Scene> | undefined;
  /** How many warnings there were before. */
  warned: number;
}

/** The former state or the new one, and the same one for everybody. */
export async function judge(scene: Scene, verdict: Verdict): Promise<void> {
  const { tried, witness, outcome, result, hits, learned, warned } = verdict;
  const seen = await seenOf(tried.backend, KEY);
  mustBeSame('another store sees', await seenOf(witness.backend, KEY), seen);
  const { answer, tells } = scene.operation;
  if (learned) {
    Object.assign(learned, { after: seen, answer: answer?.(result as never) });
    return;
  }
  const { before, after } = scene;
  if (outcome === undefined) {
    const synced = hits.some(({ name }) => /sync$/.test(name));
    if (synced && !tells && tried.warnings.length === warned) {
      throw new Error('a sync failed, and nobody was told');
    }
    const told = tells?.(result as never) ?? false;
    if (!(told && same(seen, before))) mustBeSame('after success one sees', seen, after);
    if (answer && !told && tried.warnings.length === warned) {
      mustBeSame('it answers', answer(result as never), scene.answer);
    }
  } else if (outcome === 'OUTCOME_UNKNOWN' || tells) {
    // A repair mends one thing after the other, and may be refused after the first.
    // A session that could not be taken back is empty; the error says so.
    const empty = before.rev === undefined && same(seen, EMPTY);
    if (!empty && !same(seen, before)) {
      mustBeSame('after an unknown outcome one sees', seen, after);
    }
  } else if (scene.operation.name === 'end a turn') {
    // A turn that could not be ended in order is over all the same; then the log still names it.
    mustBeSame('after a refusal one sees', seen, { ...before, turn: 'cut-off' });
  } else mustBeSame('after a refusal one sees', seen, before);
}

function same(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

/** The same again, and other things after it. */
export async function goOn(
  scene: Scene,
  place: Place,
  witness: Opened,
  { outcome, result }: Ended,
): Promise<void> {
  const { backend, key } = place;
  const { operation } = scene;
  const refused = outcome !== undefined && !operation.closes && operation.name !== 'end a turn';
  const again = refused || operation.tells?.(result as never);
  if (again && (operation.tells || !same(await seenOf(backend, key), scene.after))) {
    await operation.run(place);
    // What a repair has mended lets the next one find what was hidden behind it.
    if (!operation.tells) {
      mustBeSame('tried again one sees', await seenOf(backend, key), scene.after);
    }
  }
  const damaged = (await seenOf(backend, key)).refused !== undefined;
  if (damaged) await backend.repair({ dryRun: false });
  const next = await backend.update(key, { next: 1 }, {});
  await witness.backend.append(key, { type: 'note', text: 'next' }, {}, {});
  const seen = await seenOf(witness.backend, key);
  mustBeSame(
    'the next update',
    { rev: seen.rev, entry: seen.entry },
    { rev: next.rev, entry: next.entry },
  );
  mustBeSame('the next record', seen.records?.at(-1), 'next');
  mustBeSame('it is listed as', await rowOf(witness.backend, key), `${key} ${next.rev}`);
}

/** Hours later somebody opens the store, and nothing is to be mended by hand. */
export async function lookLater(
  scene: Scene,
  disk: MemoryDisk,
  hits: readonly Call[],
  learned: Partial<Scene> | undefined,
): Promise<void> {
  const system = faultyMemory(disk, { process: 4 });
  system.time.step(TWO_HOURS_MS);
  const { opens } = scene.operation;
  if (opens !== undefined && disk.find(opens, 'find')) {
    const { backend } = await openOver(system, opens);
    await quiet({ system });
    await backend.close();
  }
  const { backend, warnings } = await openOver(system, ROOT);
  await quiet({ system });
  const { problems } = await backend.verify();
  const damage = problems.filter(({ severity }) => severity === 'damage');
  mustBeSame('hours later there is damage', damage, []);
  const found = problems.map(inWords);
  if (learned) learned.found = found;
  else if (!hits.some(({ name }) => REMOVING.test(name))) {
    mustBeSame(
      'hours later there is',
      found.filter((one) => !scene.found.includes(one)),
      [],
    );
  }
  let left: string[] = [];
  if (problems.length > 0) {
    await backend.repair({ dryRun: false });
    left = (await backend.verify()).problems.map(inWords);
  }
  if (learned) learned.left = left;
  else
    mustBeSame(
      'a repair leaves',
      left.filter((one) => !scene.left.includes(one)),
      [],
    );
  mustBeSame('hours later it warns', warnings, []);
  await backend.close();
  mustBeSame('descriptors that stay open later', [...system.open.values()], []);
  const names = pathsOn(disk).map(withoutChance);
  if (learned) learned.names = names;
  else {
    mustBeSame('litter', litterIn(names, scene.names, hits), []);
  }
}

/** Where one of these failed, something may stay that a repair has to remove. */
const REMOVING = /^(unlink|rmdir|rename|ftruncate|mkdir|lstat)/;

function inWords({ code, path = '' }: { code: string; path?: string }): string {
  return `${code} ${withoutChance(path)}`;
}

/** Names that are there more often than without a fault, and that nothing explains. */
function litterIn(
  names: readonly string[],
  expected: readonly string[],
  hits: readonly Call[],
): string[] {
  const rest = [...expected];
  const more = names.filter((name) => {
    const at = rest.indexOf(name);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  const stays = hits.some(({ name }) => REMOVING.test(name));
  const explained = (name: string) => MEANINGLESS.test(name) || (stays && KEPT.test(name));
  return more.filter((name, at) => !explained(name) || more.indexOf(name) !== at);
}

/**
 * Names of which any fault may add one. A journal whose last write failed is not continued, and a
 * slot keeps two; the lock of a turn that did not begin and the archive of the active conversation
 * mean nothing, and the next ones take their place; a repair that is tried again keeps what is
 * damaged once more.
 */
const MEANINGLESS =
  /\.jsonl\.damaged$|changes\/\d\.\d\.(jsonl|lock)$|\/turn\.lock$|<id>\.archived\.json$/;

/**
 * Names of which a fault may add one when it let something not be taken back: what is cut off later
 * is kept for people, and a transcript is shown, and repaired into an archive.
 */
const KEPT = /\.jsonl\.torn$|\/<id>\.jsonl$/;

/** Every file, with its path. */
function pathsOn(disk: MemoryDisk): string[] {
  const paths: string[] = [];
  const visit = (inode: Inode, path: string) => {
    if (inode.kind === 'file') paths.push(path);
    else for (const [name, child] of inode.names) visit(child, `${path}/${name}`);
  };
  visit(disk.root, '');
  return paths;
}

function withoutChance(path: string): string {
  return path
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\.tmp-[0-9a-f]{32}/, '.tmp')
    .replace(/meta\.\d+\./, 'meta.')
    .replace(/turn\.\d+\.lock/, 'turn.lock')
    .replace(/\.(torn|damaged)\..*$/, '.$1')
    .replace(/list\.\d+\./, 'list.');
}
