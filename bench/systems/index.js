import { appendOpenClose } from './append-open-close.js';
import { sqlite } from './better-sqlite3.js';
import { chatState } from './chat-state.js';
import { emptyLoop } from './empty-loop.js';
import { filePerSession } from './file-per-session.js';
import { holdfast } from './holdfast.js';
import { holdfastPostgres } from './holdfast-postgres.js';
import { langgraphSaver } from './langgraph-saver.js';
import { lmdb } from './lmdb.js';
import { oneJsonFile } from './one-json-file.js';
import { postgresColumn } from './postgres-column.js';
import { rawAppend } from './raw-append.js';
import { rawReplace } from './raw-replace.js';

/**
 * Every system that is measured, by id. A system is
 *
 *   { title, open(dir) -> opened, load(), fillers, place(server, id) -> dir }
 *   place: on a server, where a store lies
 *   load: imports its module, nothing else; fillers: processes that may fill a store together
 *   opened = {
 *     createMany(pairs)    [key, entry] pairs of new sessions, the quickest way there is
 *     session(key)         a handle: update(entry => patch), patch(fields), append(record)
 *     countUpdates(keys)   what the counters add up to; undefined when it keeps none
 *     countRecords(keys)   transcript records there are
 *     last(key, count)     reads the last records, resolves to their number
 *     holdTurn(key, during), remove(key)
 *     page(count)          reads the newest rows of a listing
 *     list()               reads every row of a listing, resolves to their number
 *     close()
 *   }
 *
 * What a system has no use for is left out. A call that is synchronous returns `undefined`, so that
 * it pays for no promise.
 */
export const SYSTEMS = {
  holdfast: holdfast('Holdfast', {}),
  'holdfast-few-files': holdfast('Holdfast, openFilesMax 128', { openFilesMax: 128 }),
  'holdfast-power': holdfast("Holdfast, durability 'power'", { durability: 'power' }),
  'holdfast-mirror': holdfast('Holdfast, mirror', { mirror: true }),
  'sqlite-normal': sqlite({ synchronous: 'NORMAL' }),
  'sqlite-full': sqlite({ synchronous: 'FULL' }),
  lmdb: lmdb({ useWritemap: false }),
  'lmdb-writemap': lmdb({ useWritemap: true }),
  'one-json-file': oneJsonFile,
  'file-per-session': filePerSession,
  'raw-append': rawAppend,
  'raw-replace': rawReplace,
  'append-open-close': appendOpenClose,
  'empty-loop': emptyLoop,
  'holdfast-postgres': holdfastPostgres(),
  'postgres-column': postgresColumn({ prepared: false }),
  'postgres-column-prepared': postgresColumn({ prepared: true }),
  'chat-state': chatState(),
  'langgraph-saver': langgraphSaver(),
};
