import type { Mutant } from './mutants.ts';

const FILES = 'src/backends/files';

/** The crash states of one sequence, by its name. */
const crashesOf = (sequence: string) => ({
  file: 'proof/power-loss/single-operations.proof.ts',
  test: `with ${sequence}.`,
});

/** Syncs that are left out, and what is made of bytes that a power loss has left. */
export const MUTANTS_OF_POWER_LOSS: readonly Mutant[] = [
  {
    name: 'sync-of-log-left-out',
    file: `${FILES}/acknowledge.ts`,
    find: 'return group.wait(fd).catch((cause) => {',
    replace: 'return Promise.resolve().catch((cause) => {',
    killedBy: crashesOf('power, lively: update'),
  },
  {
    name: 'directory-of-new-session-not-synced',
    file: `${FILES}/acknowledge.ts`,
    find: 'bothEnded(syncDirectory(context.system, session.directory), ',
    replace: 'bothEnded(Promise.resolve(), ',
    killedBy: crashesOf('power, nothing: update'),
  },
  {
    name: 'name-of-new-session-not-synced',
    file: `${FILES}/agent-files.ts`,
    find: 'syncDirectory(this.#system, this.paths.sessions)',
    replace: 'Promise.resolve()',
    killedBy: crashesOf('power, nothing: update'),
  },
  {
    name: 'names-taken-for-known-after-removal',
    file: `${FILES}/session-log.ts`,
    find: '    this.file = { named: false };\n',
    replace: '',
    killedBy: crashesOf('power, lively: remove, update'),
  },
  {
    name: 'name-of-transcript-not-synced',
    file: `${FILES}/acknowledge.ts`,
    find: 'const named = transcript.named ? record : record.then(() => nameTranscript(context, session));',
    replace: 'const named = record;',
    killedBy: crashesOf('power, nothing: update, append'),
  },
  {
    name: 'name-of-store-not-synced',
    file: `${FILES}/open-root.ts`,
    find: 'for (const made of makeAll(system, path)) await syncName(system, made, warn);',
    replace: 'makeAll(system, path);',
    killedBy: crashesOf('power, nothing: update'),
  },
  {
    name: 'fold-not-synced-before-its-name',
    file: `${FILES}/fold-log.ts`,
    find: '    await system.fs.fsync(fd);\n',
    replace: '',
    killedBy: crashesOf('process, lively: fold'),
  },
  {
    name: 'name-of-fold-not-synced',
    file: `${FILES}/end-fold.ts`,
    find: '  await syncDirectory(context.system, session.directory);\n',
    replace: '',
    killedBy: crashesOf('process, lively: fold'),
  },
  {
    name: 'archive-not-synced',
    file: `${FILES}/archive-files.ts`,
    find: 'encodeLine(line), true)',
    replace: 'encodeLine(line), false)',
    killedBy: crashesOf('process, lively: reset'),
  },
  {
    name: 'whole-file-without-its-name-synced',
    file: `${FILES}/write-whole.ts`,
    find: '    if (sync) await syncDirectory(system, dirname(path));\n',
    replace: '',
    killedBy: crashesOf('process, lively: reset'),
  },
  {
    name: 'whole-file-not-synced',
    file: `${FILES}/write-whole.ts`,
    find: '      if (sync) await fs.fsync(fd);\n',
    replace: '',
    killedBy: crashesOf('process, lively: reset'),
  },
  {
    name: 'commits-not-synced-before-archive',
    file: `${FILES}/change-conversation.ts`,
    find: '  await keepCommits(context, session);\n  await writeArchive(context, session, state, ask.reason, now);',
    replace: '  await writeArchive(context, session, state, ask.reason, now);',
    killedBy: crashesOf('process, killed: reset'),
  },
  {
    name: 'archive-removed-before-restore-is-synced',
    file: `${FILES}/change-conversation.ts`,
    find: '  try {\n    await keepCommits(context, session);\n',
    replace: '  try {\n',
    killedBy: crashesOf('process, lively: restore'),
  },
  {
    name: 'removed-files-gone-before-the-removal',
    file: `${FILES}/clear-away.ts`,
    find: '  await syncDirectory(system, dirname(moved));\n',
    replace: '',
    killedBy: crashesOf('process, lively: remove'),
  },
  {
    name: 'end-of-session-not-synced',
    file: `${FILES}/remove-session.ts`,
    find: 'if (context.power || elsewhere.length > 0) {',
    replace: 'if (elsewhere.length > 0) {',
    killedBy: crashesOf('power, lively: remove'),
  },
  {
    name: 'directory-of-blobs-not-synced',
    file: `${FILES}/blob-store.ts`,
    find: 'const first = this.#kept.size === 0 ? [dirname(this.#directory)] : [];',
    replace: 'const first: string[] = [];',
    killedBy: crashesOf('power, lively: update with a large value'),
  },
  {
    name: 'cut-not-synced',
    file: `${FILES}/cut-torn-tail.ts`,
    find: '    await fs.fdatasync(fd);\n',
    replace: '',
    killedBy: crashesOf('process, torn: update'),
  },
  {
    name: 'hole-is-damage-for-ever',
    file: `${FILES}/log-replay.ts`,
    find: 'if (hole && (this.state || this.#isNeverWritten(bytes))) return false;',
    replace: '',
    killedBy: crashesOf('process, lively: update'),
  },
  {
    name: 'whole-file-written-in-place',
    file: `${FILES}/write-whole.ts`,
    find: ['const temporary = `$', '{path}.tmp-$', '{system.random.token()}`;'].join(''),
    replace: 'const temporary = path;',
    killedBy: crashesOf('process, lively: reset'),
  },
  {
    name: 'record-before-its-log-is-synced',
    file: `${FILES}/append-record.ts`,
    find: 'const first = context.power && session.transcript.size === 0;',
    replace: 'const first = false as boolean;',
    killedBy: crashesOf('power, lively: remove, append'),
  },
  {
    name: 'session-of-zeros-is-damaged-for-ever',
    file: `${FILES}/log-replay.ts`,
    find: '    if (this.#isNeverWritten(bytes)) return;\n',
    replace: '',
    killedBy: crashesOf('power, lively: remove, update'),
  },
];
