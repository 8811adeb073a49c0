import { countArchive, noArchives } from '../../contract/archive-ages.ts';
import type { Backend } from '../../contract/backend.ts';
import type { Problem } from '../../contract/reports.ts';
import { entryBytes } from '../../model/patch.ts';
import { archivedBytes, type HeldSession, transcriptBytes } from './held-session.ts';
import type { MemoryData } from './memory-data.ts';

const BIGGEST_MAX = 10;

/** Counts, and the one thing that can be wrong in memory: a conversation under two keys. */
export function health(data: MemoryData): Pick<Backend, 'verify' | 'repair' | 'figures'> {
  return {
    async verify() {
      const problems = duplicates(data.sessions.values());
      const { sessions, archives, bytes } = await this.figures();
      return {
        ok: problems.length === 0,
        checked: {
          sessions,
          transcripts: sessions + archives,
          archives,
          bytes: bytes.metadata + bytes.transcripts + bytes.archives,
        },
        problems,
      };
    },

    async repair({ dryRun }) {
      return { dryRun, actions: [], remaining: duplicates(data.sessions.values()) };
    },

    async figures() {
      const bytes = { metadata: 0, transcripts: 0, archives: 0, blobs: 0, journals: 0 };
      const sizes: { key: string; bytes: number }[] = [];
      const archivesByAge = noArchives();
      let archives = 0;
      for (const session of data.sessions.values()) {
        const size = bytesOf(session);
        bytes.metadata += size.metadata;
        bytes.transcripts += size.transcripts;
        bytes.archives += size.archives;
        archives += session.archives.length;
        for (const archive of session.archives) {
          const ageMs = data.world.now() - archive.archivedAt;
          countArchive(archivesByAge, ageMs, archivedBytes(archive));
        }
        sizes.push({
          key: session.key,
          bytes: size.metadata + size.transcripts + size.archives,
        });
      }
      return {
        sessions: data.sessions.size,
        turns: [...data.places].filter((place) => place.runningFence !== undefined).length,
        archives,
        bytes,
        blobs: { count: 0, references: 0, biggest: [] },
        logs: { snapshots: bytes.metadata, changes: 0 },
        archivesByAge,
        journals: { count: 0 },
        biggest: sizes.sort((a, b) => b.bytes - a.bytes).slice(0, BIGGEST_MAX),
      };
    },
  };
}

function bytesOf(session: HeldSession) {
  const archives = session.archives.reduce((sum, archive) => sum + archivedBytes(archive), 0);
  const transcripts = transcriptBytes(session.conversation);
  return { metadata: entryBytes(session.entry), transcripts, archives };
}

/** Session ids that more than one key has, archived conversations included. */
function duplicates(sessions: Iterable<HeldSession>): Problem[] {
  const keyOfId = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { key, conversation, archives } of sessions) {
    for (const { sessionId } of [conversation, ...archives.map((each) => each.conversation)]) {
      const other = keyOfId.get(sessionId);
      if (other === undefined) keyOfId.set(sessionId, key);
      else {
        problems.push({
          code: 'DUPLICATE',
          severity: 'damage',
          key,
          message: `The conversation ${sessionId} also belongs to session ${JSON.stringify(other)}.`,
          remedy: 'Reset the session that should not have it.',
        });
      }
    }
  }
  return problems;
}
