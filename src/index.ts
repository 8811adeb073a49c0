export type {
  AppendAsk,
  Backend,
  CheckedPatch,
  EntryChange,
  Guard,
  ListQuery,
  NextConversation,
  Past,
  ResetAsk,
  TranscriptRange,
  TurnAsk,
  TurnGrant,
} from './contract/backend.ts';
export type {
  ArchivesOfAge,
  Problem,
  RepairReport,
  StoreFigures,
  VerifyReport,
} from './contract/reports.ts';
export type {
  Activity,
  AppendOptions,
  Lane,
  ListOptions,
  MirrorOptions,
  Patch,
  Preconditions,
  ResetOptions,
  Session,
  SessionSize,
  Store,
  StoreOptions,
  TranscriptOptions,
  Turn,
  TurnOptions,
  Warning,
} from './contract/store.ts';
export { type SessionKeyOptions, sessionKey } from './model/build-session-key.ts';
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetails,
  HoldfastError,
  isHoldfastError,
  type Retry,
} from './model/errors.ts';
export { LIMITS } from './model/limits.ts';
export {
  agentOf,
  formatSessionKey,
  parseSessionKey,
  type SessionKeyKind,
  type SessionKeyParts,
} from './model/session-key.ts';
export type {
  Archive,
  Change,
  Entry,
  FormerTurn,
  Holder,
  NewRecord,
  Revision,
  SessionState,
  SessionSummary,
  TranscriptRecord,
  TurnState,
} from './model/state.ts';
export { openStore } from './open-store.ts';
export { type StoreOverParts, storeOver } from './store/store-over.ts';
export type { Surroundings } from './store/surroundings.ts';
