import { channelOf } from './session-key.ts';
import type { SessionState, SessionSummary, TurnState } from './state.ts';
import { cutText } from './text.ts';

const LABEL_MAX = 200;

/** What a summary is made of: a state whose turn may not have been looked at yet. */
export type SummaryInput = Omit<SessionState, 'turn'> & { turn?: Omit<TurnState, 'status'> };

/** Which sessions a listing wants; times are exclusive, in milliseconds since the epoch. */
export interface SummaryQuery {
  agentId?: string;
  channel?: string;
  updatedAfter?: number;
  updatedBefore?: number;
}

/** The row of a session in a listing. A fresh object that shares nothing with the state. */
export function summaryOf(state: SummaryInput): SessionSummary {
  const { key, agentId, rev, sessionId, createdAt, updatedAt, entry } = state;
  const summary: SessionSummary = { key, agentId, rev, sessionId, createdAt, updatedAt };
  const channel = channelOf(key) ?? textOf(entry.channel) ?? textOf(entry.lastChannel);
  if (channel !== undefined) summary.channel = channel;
  const label = textOf(entry.label) ?? textOf(entry.displayName);
  if (label !== undefined) summary.label = cutText(label, LABEL_MAX);
  if (state.turn !== undefined) summary.turn = turnRow(state.turn);
  return summary;
}

/** Whether a listing that asks this shows the session. */
export function matchesQuery(summary: SessionSummary, query: SummaryQuery): boolean {
  if (query.agentId !== undefined && summary.agentId !== query.agentId) return false;
  if (query.channel !== undefined && summary.channel !== query.channel) return false;
  if (query.updatedAfter !== undefined && !(summary.updatedAt > query.updatedAfter)) return false;
  return query.updatedBefore === undefined || summary.updatedAt < query.updatedBefore;
}

/** For `sort`: `updated` is newest first, then by key; `key` is by key, in code units. */
export function compareSummaries(
  order: 'updated' | 'key',
): (a: SessionSummary, b: SessionSummary) => number {
  return order === 'key' ? byKey : (a, b) => b.updatedAt - a.updatedAt || byKey(a, b);
}

function byKey(a: SessionSummary, b: SessionSummary): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function turnRow(turn: Omit<TurnState, 'status'>): Omit<TurnState, 'status'> {
  const { fence, holder, startedAt } = turn;
  const row: Omit<TurnState, 'status'> = { fence, holder: { ...holder }, startedAt };
  if (turn.label !== undefined) row.label = turn.label;
  if (turn.interrupted !== undefined) row.interrupted = { ...turn.interrupted };
  return row;
}
