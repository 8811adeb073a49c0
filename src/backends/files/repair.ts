/**
 * `repair`: mends what `verify` reports, one session at a time, under its lock. What is damaged is
 * moved aside under a dated name before anything takes its place; nothing is thrown away but
 * leftovers that are known to hold nothing.
 */
import { basename, dirname, join } from 'node:path';
import type { Problem, RepairReport } from '../../contract/reports.ts';
import { clearAway } from './clear-away.ts';
import { ioError, isMissing } from './io-error.ts';
import { LOG_NAME, MARK, TEMPORARY_NAME, within } from './layout.ts';
import type { OpenedStore } from './opened-store.ts';
import { removeFolded } from './remove-folded.ts';
import { repairArchive } from './repair-archive.ts';
import { repairLog } from './repair-log.ts';
import { verifyStore } from './verify.ts';
import { discard } from './write-whole.ts';

type Action = RepairReport['actions'][number];

/** Younger temp files may belong to a writer that is at work. */
const OLD_MS_MIN = 3_600_000;

export async function repairStore(
  store: OpenedStore,
  { dryRun }: { dryRun: boolean },
): Promise<RepairReport> {
  const { problems } = await verifyStore(store);
  const actions: Action[] = [];
  const remaining: Problem[] = [];
  for (const problem of problems) {
    if (wentByItself(store, problem)) continue;
    const mend = mending(store, problem);
    if (!mend) {
      remaining.push(problem);
      continue;
    }
    const done: Action = { action: mend.what };
    if (problem.key !== undefined) done.key = problem.key;
    if (problem.path !== undefined) done.path = problem.path;
    if (!dryRun) {
      const keptAside = await mend.run();
      if (keptAside !== undefined) done.keptAside = within(store.root, keptAside);
    }
    actions.push(done);
  }
  return { dryRun, actions, remaining };
}

/** Others go on meanwhile: a list got its name, a session was removed. */
function wentByItself({ root, system }: OpenedStore, { code, path = '' }: Problem): boolean {
  if (code !== 'LEFTOVER' && code !== 'PERMISSIONS') return false;
  try {
    system.fs.lstatSync(join(root, path));
    return false;
  } catch (cause) {
    if (isMissing(cause)) return true;
    throw ioError(cause, `look at ${path}`);
  }
}

interface Mending {
  what: string;
  /** Resolves to the path under which damaged bytes were kept. */
  run(): Promise<string | undefined>;
}

function mending(store: OpenedStore, problem: Problem): Mending | undefined {
  const { code, key, path = '' } = problem;
  const full = join(store.root, path);
  if (code === 'ENTRY_DAMAGED' && key !== undefined && /\/?meta\.\d+\.jsonl$/.test(path)) {
    const session = store.session(key);
    return {
      what: 'write the metadata log anew from what decodes',
      run: () => repairLog(store, session),
    };
  }
  if (code === 'ENTRY_DAMAGED' && key !== undefined && path.endsWith('.archived.json')) {
    const session = store.session(key);
    return {
      what: 'rebuild the archive from its transcript',
      run: () => repairArchive(store, session, full),
    };
  }
  if (code === 'ORPHAN' && key !== undefined) {
    const session = store.session(key);
    return {
      what: 'list the transcript as an archived conversation',
      run: () => repairArchive(store, session, full),
    };
  }
  if (code === 'PERMISSIONS')
    return { what: 'narrow its permissions', run: async () => narrow(store, full) };
  if (code === 'LEFTOVER' && key !== undefined && LOG_NAME.test(basename(path))) {
    if (problem.range) return undefined;
    const session = store.session(key);
    return { what: 'remove it', run: () => removeFolded(store, session, full) };
  }
  if (code === 'LEFTOVER') return leftover(store, full);
  return undefined;
}

function leftover(store: OpenedStore, path: string): Mending | undefined {
  const { system } = store;
  const name = path.slice(dirname(path).length + 1);
  if (basename(dirname(path)) === 'removed') {
    return { what: 'clear it away', run: () => clearAway(system, path).then(() => undefined) };
  }
  const age = system.clock.now() - system.fs.lstatSync(path).mtimeMs;
  if (TEMPORARY_NAME.test(name) && age > OLD_MS_MIN && name !== MARK) {
    return { what: 'remove it', run: () => discard(system, path).then(() => undefined) };
  }
  return undefined;
}

function narrow(store: OpenedStore, path: string): undefined {
  const directory = store.system.fs.lstatSync(path).isDirectory();
  store.system.fs.chmodSync(path, directory ? 0o700 : 0o600);
}
