/** Every question that the page asks, with the type of its answer. */
import type {
  About,
  SessionsPage,
  SessionsQuery,
  SessionView,
  StorageView,
  TranscriptPage,
} from '../../wire.ts';
import type { Revision, TranscriptRecord } from './answers.ts';
import { ask } from './ask.ts';

export const askAbout = (signal?: AbortSignal) => ask<About>('api/about', {}, signal);

export const askSessions = (query: SessionsQuery, signal?: AbortSignal) =>
  ask<SessionsPage>('api/sessions', { ...query }, signal);

export const askSession = (key: string, signal?: AbortSignal) =>
  ask<SessionView>('api/session', { key }, signal);

/** Which records: `last` so many of those before `before`, or those after `after`. */
export interface TranscriptRange {
  sessionId: string;
  before?: number;
  after?: number;
  last?: number;
}

export const askTranscript = (key: string, range: TranscriptRange, signal?: AbortSignal) =>
  ask<TranscriptPage>('api/transcript', { key, ...range }, signal);

/** One record as it is, however large. */
export const askRecord = (key: string, sessionId: string, seq: number, signal?: AbortSignal) =>
  ask<{ record: TranscriptRecord }>('api/record', { key, sessionId, seq }, signal);

export const askRevisions = (key: string, last: number, signal?: AbortSignal) =>
  ask<{ revisions: Revision[] }>('api/revisions', { key, last }, signal);

export const askStorage = (signal?: AbortSignal) => ask<StorageView>('api/storage', {}, signal);
