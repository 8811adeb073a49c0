/**
 * Everything that an examination can find, as a closed list. `docs/openclaw-doctor.md` has a table of
 * it that a test compares.
 *
 * `error`: sessions are lost to their users, or will be, until somebody acts. `warning`: something is
 * served in another way than its entry says, or waits for trouble. `note`: good to know.
 */
export const FINDING_CODES = {
  NO_STATE_DIR: ['error', 'There is no `agents` directory: this is no OpenClaw state directory.'],
  DIRECTORY_UNREADABLE: ['error', 'A directory can not be listed; nothing in it was looked at.'],
  AGENT_UNUSABLE: ['warning', 'What stands in the place of an agent is not opened.'],
  STORE_ELSEWHERE: ['warning', '`session.store` puts the sessions somewhere else.'],
  CONFIG_UNREADABLE: ['note', 'The settings are no plain JSON, so `session.store` was not seen.'],
  LEGACY_SESSIONS: ['warning', 'A directory from before there were agents.'],
  NESTED_STATE_DIR: ['warning', 'A second state directory lies in this one.'],
  LIVE_GATEWAY: ['note', 'A gateway is at work: what is found may be half of a change.'],
  OTHERS_MAY_WRITE: ['warning', 'Other users of the machine may change it.'],
  OTHERS_MAY_READ: ['note', 'Other users of the machine may look into the state directory.'],

  LIST_MISSING: ['error', 'There are transcripts, and no `sessions.json`.'],
  LIST_EMPTY: ['error', '`sessions.json` has 0 bytes.'],
  LIST_ZEROES: ['error', '`sessions.json` consists of zero bytes.'],
  LIST_TORN: ['error', '`sessions.json` ends in the middle.'],
  LIST_NOT_JSON: ['error', '`sessions.json` does not decode.'],
  LIST_NOT_AN_OBJECT: ['error', '`sessions.json` holds something else than an object.'],
  LIST_BYTE_ORDER_MARK: ['error', '`sessions.json` begins with a byte-order mark.'],
  LIST_UNREADABLE: ['error', '`sessions.json` can not be read, or is no file of its own.'],
  LIST_READ_ONLY: ['note', '`sessions.json` is read-only, which protects nothing.'],
  WHOLE_COPY: ['warning', 'A whole copy of a `sessions.json` that can not be used lies beside it.'],
  REPEATED_KEY: ['warning', 'The text has one key more than once.'],
  CASE_VARIANT: ['warning', 'One key in two spellings.'],
  BLOATED_FIELD: ['note', 'One field makes up much of the list.'],

  ENTRY_ODD_TYPE: ['warning', 'An entry is no object.'],
  ENTRY_WITHOUT_ID: ['warning', 'An entry has no session id.'],
  ENTRY_UNSAFE_ID: ['error', 'A session id can not be part of a file name.'],
  ENTRY_ODD_TIME: ['warning', '`updatedAt` is no credible time.'],
  ENTRY_UNUSABLE_KEY: ['warning', 'The key can not be the key of a session.'],
  ENTRY_OTHER_AGENT: ['warning', 'The key names another agent than the directory.'],
  ENTRY_BARE_KEY: ['note', 'The key names no agent.'],
  KEY_IS_SESSION_ID: ['note', 'A key equals its session id.'],
  SHARED_SESSION_ID: ['warning', 'Two keys have one session id.'],
  SHARED_TRANSCRIPT: ['error', 'Two keys refer to one transcript.'],

  PATH_NOT_TEXT: ['warning', '`sessionFile` is no text.'],
  PATH_EMPTY: ['warning', '`sessionFile` is empty.'],
  PATH_CONTROL: ['warning', '`sessionFile` has control characters.'],
  PATH_WINDOWS: ['warning', '`sessionFile` is a path of Windows, on another system.'],
  PATH_LEAVES: ['warning', '`sessionFile` leads out of the directory by `..`.'],
  PATH_OUTSIDE: ['warning', '`sessionFile` names a place outside.'],
  PATH_OTHER_AGENT: ['warning', '`sessionFile` names a transcript of another agent.'],
  PATH_OTHER_HOME: ['note', '`sessionFile` names the same place under another home.'],

  TRANSCRIPT_MISSING: ['warning', 'A session in which something was said has no transcript.'],
  TRANSCRIPT_NOT_BEGUN: ['note', 'A session without a transcript, in which nothing was said yet.'],
  TRANSCRIPT_EMPTY: ['warning', 'A transcript has 0 bytes.'],
  TRANSCRIPT_HEADERLESS: ['error', 'A transcript does not begin with its header.'],
  TRANSCRIPT_TORN: ['warning', 'A transcript ends in the middle of a line.'],
  TRANSCRIPT_DAMAGED: ['error', 'A line of a transcript does not decode.'],
  TRANSCRIPT_UNREADABLE: ['error', 'A transcript can not be read, or is not opened.'],
  HEADER_ID_DIFFERS: ['warning', 'The header names another session than the file name.'],
  ORPHAN_TRANSCRIPT: ['note', 'No session refers to a transcript.'],

  LINK: ['warning', 'A link, or a file with a second name; it is not opened.'],
  FILE_UNREADABLE: ['error', 'A file can not even be looked at.'],
  FOREIGN_FILE: ['note', 'A name that neither OpenClaw nor Holdfast gives.'],
  LEFTOVER_TEMPORARY: ['note', 'A temporary file of a writer that died, or that writes now.'],
  LOCK_STALE: ['warning', 'The process that a lock names is gone.'],
  LOCK_OTHER_PROCESS: ['warning', 'The process that a lock names is not OpenClaw.'],
  LOCK_HELD: ['note', 'A process that lives holds the lock.'],
  LOCK_WITHOUT_CONTENT: ['warning', 'A lock names no process.'],

  SQLITE_ERA: ['note', 'Newer versions of OpenClaw keep the sessions of this agent in SQLite.'],
  SQLITE_AND_LIST: ['error', 'Sessions in SQLite, and a `sessions.json` beside them.'],
  IMPORT_ARCHIVE: ['note', 'What OpenClaw moved aside when it imported the sessions.'],
  MIGRATION_UNFINISHED: ['error', 'An import of OpenClaw was begun and not finished.'],
  NOT_ADOPTED: ['warning', 'Entries that Holdfast has not taken over, though it has others.'],
  LEDGER_DAMAGED: ['warning', 'The list of adopted keys does not decode in places.'],
  RELEASE_UNFINISHED: ['error', 'The way back to OpenClaw was begun and not finished.'],
  COPIES_KEPT: ['note', 'What an earlier release or `doctor --fix` has moved aside.'],
  STORE_TOO_NEW: ['error', 'The store was written by a newer version of Holdfast.'],
  STORE_DAMAGE: ['error', '`holdfast verify` finds damage.'],
  STORE_NOTICE: ['note', '`holdfast verify` has a notice.'],
} as const satisfies Record<string, readonly [Severity, string]>;

export type Severity = 'error' | 'warning' | 'note';

/** One of the codes that a finding carries; the list is closed. */
export type FindingCode = keyof typeof FINDING_CODES;
