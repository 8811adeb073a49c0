/**
 * A transcript record as a person reads it. Records are written by pi, by OpenClaw or by anybody:
 * whatever has not the expected shape is shown as the JSON that it is.
 */
import type { TranscriptRecord } from '../server/answers.ts';

/** A part of a message. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'thinking'; text: string }
  | { kind: 'call'; name: string; input: unknown }
  | { kind: 'image'; type: string; bytes: number }
  | { kind: 'other'; name: string; value: unknown };

export type Shape =
  | { kind: 'message'; role: string; parts: Part[]; stopped?: string }
  | { kind: 'result'; name: string; failed: boolean; parts: Part[] }
  | { kind: 'divider'; name: string; text: string }
  | { kind: 'event'; text: string }
  | { kind: 'unknown'; type: string; value: Fields };

type Fields = Record<string, unknown>;

/** What a record is. */
export function shapeOf(record: TranscriptRecord): Shape {
  switch (record.type) {
    case 'message':
      return isFields(record.message) ? messageOf(record.message) : unknown(record);
    case 'custom_message':
      return {
        kind: 'message',
        role: text(record.customType) || 'custom',
        parts: partsOf(record.content),
      };
    case 'compaction':
      return { kind: 'divider', name: compacted(record.tokensBefore), text: text(record.summary) };
    case 'branch_summary':
      return { kind: 'divider', name: 'Branch left', text: text(record.summary) };
    case 'model_change':
      return { kind: 'event', text: `model ${text(record.modelId)} (${text(record.provider)})` };
    case 'thinking_level_change':
      return { kind: 'event', text: `thinking ${text(record.thinkingLevel)}` };
    case 'session_info':
      return { kind: 'event', text: `named ${text(record.name)}` };
    default:
      return unknown(record);
  }
}

function messageOf(message: Fields): Shape {
  const role = text(message.role) || 'message';
  const parts = partsOf(message.content);
  if (role === 'toolResult') {
    return {
      kind: 'result',
      name: text(message.toolName),
      failed: message.isError === true,
      parts,
    };
  }
  const reason = message.stopReason;
  if (reason !== 'error' && reason !== 'aborted') return { kind: 'message', role, parts };
  const why = text(message.errorMessage);
  return { kind: 'message', role, parts, stopped: why === '' ? reason : `${reason}: ${why}` };
}

function partsOf(content: unknown): Part[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  return content.map((block): Part => {
    if (!isFields(block)) return { kind: 'other', name: 'part', value: block };
    if (block.type === 'text' && typeof block.text === 'string') {
      return { kind: 'text', text: block.text };
    }
    if (block.type === 'thinking') return { kind: 'thinking', text: text(block.thinking) };
    if (block.type === 'toolCall') {
      return { kind: 'call', name: text(block.name) || 'tool', input: block.arguments };
    }
    if (block.type === 'image') {
      // Base64 takes four characters for three bytes.
      const bytes = Math.floor((text(block.data).length * 3) / 4);
      return { kind: 'image', type: text(block.mimeType) || 'image', bytes };
    }
    return { kind: 'other', name: text(block.type) || 'part', value: block };
  });
}

function unknown(record: TranscriptRecord): Shape {
  const { type, id, parentId, timestamp, seq, ...rest } = record;
  return { kind: 'unknown', type, value: rest };
}

function compacted(tokens: unknown): string {
  return typeof tokens === 'number'
    ? `Compacted ${tokens.toLocaleString('en')} tokens`
    : 'Compacted';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
