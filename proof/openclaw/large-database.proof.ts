/** A database of any size is adopted within one bound of memory, and stays as it is. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { databasePath } from '../../test/openclaw/database-copy.ts';
import { longDatabaseSql } from '../../test/openclaw/long-database.ts';
import { keepFigure } from '../frame/figures.ts';
import { itWith, runProgram } from '../frame/needs.ts';
import { ProofChild } from '../frame/proof-child.ts';
import { minutes, size } from '../frame/size.ts';

const PROGRAM = fileURLToPath(new URL('programs/adopts-and-measures.js', import.meta.url));
const SESSIONS = size(120, 2_600);
const SIZES = { sessions: SESSIONS, windows: 1, rows: 200, bytes: 2_400 };
/** Of the larger form; the shorter one is as many times smaller as it has fewer sessions. */
const MEGABYTES = 2_000;
const RESIDENT_BYTES_MAX = 300_000_000;

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

itWith(['sqlite3'])(
  `R7.7 a database of ${SESSIONS} sessions is adopted in less than ${RESIDENT_BYTES_MAX / 1e6} MB of memory`,
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'holdfast-large-'));
    const began = performance.now();
    try {
      const path = databasePath(root);
      mkdirSync(dirname(path), { recursive: true });
      const sql = `PRAGMA synchronous = off; PRAGMA journal_mode = wal; ${longDatabaseSql(SIZES)}`;
      runProgram('sqlite3', [path, sql], 600_000);
      const megabytes = statSync(path).size / 1e6;
      expect(megabytes).toBeGreaterThan((MEGABYTES * SESSIONS) / 2_600);
      const before = [readdirSync(dirname(path)), await hashOf(path)];
      const child = new ProofChild(PROGRAM, { directory: root }, { lifeMsMax: 900_000 });
      await child.ended;
      expect(child.complaint).toBe('');
      const { residentBytes, ...report } = JSON.parse(child.said);
      expect(report).toEqual({ adopted: SESSIONS, refused: 0 });
      expect(residentBytes).toBeLessThan(RESIDENT_BYTES_MAX);
      expect([readdirSync(dirname(path)), await hashOf(path)]).toEqual(before);
      const found = { 'MB resident': Math.round(residentBytes / 1e6) };
      const seconds = (performance.now() - began) / 1_000;
      const count = Math.round(megabytes);
      keepFigure('openclaw', { what: 'MB of one database adopted', count, found, seconds });
    } finally {
      rmSync(root, { recursive: true });
    }
  },
  minutes(3, 15),
);
