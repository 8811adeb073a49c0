/** A `sessions.json` of any size is adopted within one bound of memory. */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { ProofChild } from '../frame/proof-child.ts';
import { minutes, size } from '../frame/size.ts';

const PROGRAM = fileURLToPath(new URL('programs/adopts-and-measures.js', import.meta.url));
const MEGABYTES = size(100, 500);
/** Twice the file and 200 MB are asked for; one entry at a time needs no more than this for any. */
const RESIDENT_BYTES_MAX = 400_000_000;
const ENTRY_BYTES = 100_000;

/** Entries as heavy as those that were seen: prompts, reports, lists of tools. */
function writeList(root: string, count: number): void {
  const sessions = join(root, 'agents', 'main', 'sessions');
  mkdirSync(sessions, { recursive: true });
  const entries = Array.from({ length: 400 }, (_, n) => ({ name: `tool ${n}`, summaryChars: n }));
  const fd = openSync(join(sessions, 'sessions.json'), 'w', 0o600);
  for (let n = 0; n < count; n += 1) {
    const entry = {
      sessionId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      updatedAt: 1_770_000_000_000 + n,
      systemPromptReport: { tools: { entries } },
      skillsSnapshot: { prompt: 'p'.repeat(ENTRY_BYTES / 2), skills: [] },
      own: `${'é'.repeat(5_000)} ${n}`,
    };
    const text = JSON.stringify(entry, null, 2).replaceAll('\n', '\n  ');
    writeSync(fd, `${n === 0 ? '{' : ','}\n  "agent:main:telegram:direct:${n}": ${text}`);
  }
  writeSync(fd, '\n}');
  closeSync(fd);
}

it(
  `R7.7 a sessions.json of ${MEGABYTES} MB is adopted in less than ${RESIDENT_BYTES_MAX / 1e6} MB of memory`,
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'holdfast-large-'));
    const began = performance.now();
    try {
      const count = (MEGABYTES * 1e6) / ENTRY_BYTES;
      writeList(root, count);
      const child = new ProofChild(PROGRAM, { directory: root }, { lifeMsMax: 600_000 });
      await child.ended;
      expect(child.complaint).toBe('');
      const { residentBytes, ...report } = JSON.parse(child.said);
      expect(report).toEqual({ adopted: count, refused: 0 });
      expect(residentBytes).toBeLessThan(RESIDENT_BYTES_MAX);
      const found = { 'MB resident': Math.round(residentBytes / 1e6) };
      const seconds = (performance.now() - began) / 1_000;
      keepFigure('openclaw', { what: 'MB of one list adopted', count: MEGABYTES, found, seconds });
    } finally {
      rmSync(root, { recursive: true });
    }
  },
  minutes(3, 10),
);
