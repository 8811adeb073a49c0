export { type Inspector, inspector } from './inspector.ts';
export type { InspectorOptions } from './inspector-options.ts';
export type {
  About,
  Action,
  Count,
  LiveEvents,
  Overview,
  Refusal,
  RowTurn,
  SessionRow,
  SessionRowState,
  SessionsPage,
  SessionsQuery,
  SessionView,
  StorageView,
  TranscriptPage,
} from './wire.ts';
