import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { adoptInto } from '../../src/openclaw/adopt-into.ts';
import { LATEST_DIALECT } from '../../src/openclaw/dialect/dialect.ts';
import { openLedger } from '../../src/openclaw/ledger.ts';
import { type ReleaseAsk, releaseInto } from '../../src/openclaw/release/release-into.ts';
import type { ReleaseReport } from '../../src/openclaw/release/release-report.ts';
import { surveyStateDir } from '../../src/openclaw/state-dir.ts';
import type { Neighbours } from '../../src/system/neighbours.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { collect, inStore, readList, recordsOf } from './state-copy.ts';

const ASIDE = /holdfast-released-[^/]+/;

/** Nobody else is on the machine. */
export const NOBODY: Neighbours = {
  processes: { isAlive: () => false, commandLine: () => undefined },
  loopback: { answers: () => Promise.resolve(false) },
};

/** Releases at the seam. */
export function releaseAt(
  root: string,
  system: System = realSystem,
  neighbours: Neighbours = NOBODY,
  ask: Partial<ReleaseAsk> = {},
): Promise<ReleaseReport> {
  const openBackend = async () => (await openStoreAt(root, { system })).backend;
  const usual = { dialect: LATEST_DIALECT, dryRun: false, onProgress: () => undefined };
  return releaseInto({ system, neighbours, root, openBackend }, { ...usual, ...ask });
}

/** Takes a directory over without looking for programs on this machine. */
export async function adopted(root: string): Promise<string> {
  const source = await surveyStateDir(realSystem.fs, root);
  const { backend } = await openStoreAt(source.root);
  const ledgerOf = ({ directory }: { directory: string }) => openLedger(realSystem, directory);
  await adoptInto(source, realSystem, { backend, ledgerOf });
  await backend.close();
  return root;
}

/** The list of an agent, with the paths of transcripts as far as they mean something everywhere. */
export function listByMeaning(root: string, agentId = 'main') {
  const list = Object.entries(readList(root, agentId)).map(([key, entry]) => {
    if (typeof entry !== 'object' || entry === null) return [key, entry];
    const { sessionFile, ...fields } = entry;
    const name = typeof sessionFile === 'string' ? basename(sessionFile) : undefined;
    return [key, { ...fields, ...(name !== undefined && { sessionFile: name }) }];
  });
  return Object.fromEntries(list);
}

/** What a user has in a store: sessions with what was said in them, now and before. */
export function contentsOf(root: string) {
  return inStore(root, async (store) => {
    const found = [];
    for await (const { key } of store.list({ order: 'key' })) {
      const session = store.session(key);
      const state = await session.read();
      const { sessionFile: _place, ...entry } = state?.entry ?? {};
      const archives = [];
      for (const { sessionId } of await session.archives()) {
        archives.push({
          sessionId,
          said: (await collect(session.transcript({ sessionId }))).map(withoutSeq),
        });
      }
      const said = (await recordsOf(store, key)).map(withoutSeq);
      found.push({
        key,
        sessionId: state?.sessionId,
        updatedAt: state?.updatedAt,
        entry,
        said,
        archives,
      });
    }
    return found;
  });
}

function withoutSeq({ seq: _place, ...record }: { seq: number; id: string }) {
  return record;
}

/**
 * Every file below with its bytes, but for what differs from run to run: the path of the directory,
 * the time in the name of the other one, and the caches of the store in it.
 */
export function releasedTree(root: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const item of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name)
      .slice(root.length + 1)
      .replace(ASIDE, 'aside');
    if (/(^|\/)changes\/|^aside\/(holdfast-release\.json|probe-.*)$/.test(path)) continue;
    const text = item.isFile() ? readFileSync(join(item.parentPath, item.name), 'latin1') : '';
    tree[path] = item.isFile() ? text.replaceAll(root, '<root>') : 'a directory';
  }
  return tree;
}
