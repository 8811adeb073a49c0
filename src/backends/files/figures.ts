import { join } from 'node:path';
import { countArchive, noArchives } from '../../contract/archive-ages.ts';
import type { StoreFigures } from '../../contract/reports.ts';
import { archivedAt } from './archived-at.ts';
import { BlobCounts } from './blob-counts.ts';
import { ioError, isMissing } from './io-error.ts';
import { ARCHIVE_NAME, LOG_NAME, transcriptName } from './layout.ts';
import type { OpenedStore } from './opened-store.ts';
import { Slices } from './slices.ts';

const BIGGEST_MAX = 10;

/** Counts and bytes of everything that lies in the store. */
export async function storeFigures(store: OpenedStore): Promise<StoreFigures> {
  const figures: StoreFigures = {
    sessions: 0,
    turns: 0,
    archives: 0,
    bytes: { metadata: 0, transcripts: 0, archives: 0, blobs: 0, journals: 0 },
    blobs: { count: 0, references: 0, biggest: [] },
    logs: { snapshots: 0, changes: 0 },
    archivesByAge: noArchives(),
    journals: { count: 0 },
    biggest: [],
  };
  const slices = new Slices(store.system);
  const blobCounts = new BlobCounts();
  for (const agent of store.agents()) {
    const { blobs, changes } = agent.paths;
    for (const { name, size } of sizes(store, blobs)) {
      if (name.endsWith('.json')) {
        figures.blobs.count += 1;
        blobCounts.found(name.slice(0, -'.json'.length), size);
      }
      figures.bytes.blobs += size;
    }
    for (const { name, size } of sizes(store, changes)) {
      if (/^\d+\.\d+\.jsonl$/.test(name)) figures.journals.count += 1;
      figures.bytes.journals += size;
    }
    const index = store.index(agent);
    await index.refresh();
    for (const row of index.rows.values()) {
      if (slices.due) await slices.rest();
      figures.sessions += 1;
      if (row.turn) figures.turns += 1;
      const session = store.session(row.key);
      let bytes = await addSession(store, figures, session.directory, slices);
      const state = await session.look();
      if (state) {
        const hashes = Object.values(state.blobs);
        figures.blobs.references += hashes.length;
        for (const hash of hashes) blobCounts.referred(hash);
        const { snapshotBytes } = session.log.replay;
        figures.logs.snapshots += snapshotBytes;
        figures.logs.changes += session.log.size - snapshotBytes;
        const { path } = session.transcript.placeOf(state);
        const left = await elsewhere(store, path, session.directory);
        figures.bytes.transcripts += left;
        bytes += left;
      }
      figures.biggest.push({ key: row.key, bytes });
    }
  }
  figures.blobs.biggest = blobCounts.biggest();
  figures.biggest.sort((a, b) => b.bytes - a.bytes);
  figures.biggest.length = Math.min(BIGGEST_MAX, figures.biggest.length);
  return figures;
}

async function elsewhere(store: OpenedStore, path: string, directory: string): Promise<number> {
  if (path.startsWith(directory)) return 0;
  try {
    return (await store.system.fs.lstat(path)).size;
  } catch (cause) {
    if (isMissing(cause)) return 0;
    throw ioError(cause, 'look at a transcript');
  }
}

async function addSession(
  store: OpenedStore,
  figures: StoreFigures,
  directory: string,
  slices: Slices,
): Promise<number> {
  const files = new Map(sizes(store, directory).map(({ name, size }) => [name, size]));
  const now = store.system.clock.now();
  let bytes = 0;
  for (const [name, size] of files) {
    bytes += size;
    const sessionId = ARCHIVE_NAME.exec(name)?.[1];
    if (LOG_NAME.test(name)) figures.bytes.metadata += size;
    else if (sessionId !== undefined) {
      figures.archives += 1;
      figures.bytes.archives += size;
      if (slices.due) await slices.rest();
      const at = archivedAt(store.system.fs, join(directory, name));
      const transcript = files.get(transcriptName(sessionId)) ?? 0;
      if (at !== undefined) countArchive(figures.archivesByAge, now - at, size + transcript);
    } else if (name.endsWith('.jsonl')) figures.bytes.transcripts += size;
  }
  return bytes;
}

function sizes(store: OpenedStore, directory: string): { name: string; size: number }[] {
  const { fs } = store.system;
  try {
    return fs.readdirSync(directory).flatMap((name) => {
      try {
        const facts = fs.lstatSync(join(directory, name));
        return facts.isFile() ? [{ name, size: facts.size }] : [];
      } catch (cause) {
        if (isMissing(cause)) return [];
        throw cause;
      }
    });
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw ioError(cause, `look into ${directory}`);
  }
}
