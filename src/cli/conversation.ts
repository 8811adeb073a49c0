/** A transcript record as a person reads it: who, and what was said or done. */
import type { TranscriptRecord } from '../model/state.ts';
import { cutText } from '../model/text.ts';
import { byteSize } from './byte-size.ts';
import { fitted } from './display-width.ts';
import { safeLine, safeLines } from './safe-text.ts';

/** A record for the eye. Every line is safe for a terminal. */
export interface Utterance {
  /** `user`, `assistant`, `tool`, another role, or `·` for what nobody said. */
  who: string;
  /** `quiet` is what can be skipped when reading. */
  tone: 'user' | 'assistant' | 'quiet' | 'error';
  lines: string[];
}

const FOLDED_WIDTH_MAX = 160;

type Fields = Record<string, unknown>;

/** What a record says, in order; an assistant's message may have several parts. */
export function utterancesOf(record: TranscriptRecord): Utterance[] {
  if (record.type === 'message' && isFields(record.message)) return messageOf(record.message);
  if (record.type === 'custom_message') {
    const lines = partsOf(record.content).flatMap(({ lines }) => lines);
    return [{ who: folded(textOf(record.customType)) || 'custom', tone: 'quiet', lines }];
  }
  return [quiet('·', eventOf(record))];
}

function messageOf(message: Fields): Utterance[] {
  const role = folded(textOf(message.role)) || 'message';
  if (role === 'toolResult') return [toolResultOf(message)];
  const tone = role === 'user' || role === 'assistant' ? role : 'quiet';
  const parts = partsOf(message.content, { who: role, tone });
  if (message.stopReason === 'error' || message.stopReason === 'aborted') {
    const reason = folded(textOf(message.errorMessage));
    const stopped = reason === '' ? message.stopReason : `${message.stopReason}: ${reason}`;
    parts.push({ who: role, tone: 'error', lines: [`(${stopped})`] });
  }
  return parts.length > 0 ? parts : [{ who: role, tone: 'quiet', lines: ['(empty)'] }];
}

/** Text in full; everything else folded to a line. */
function partsOf(
  content: unknown,
  said: Pick<Utterance, 'who' | 'tone'> = { who: '', tone: 'quiet' },
): Utterance[] {
  if (typeof content === 'string') return [{ ...said, lines: safeLines(content) }];
  if (!Array.isArray(content)) return [];
  return content.filter(isFields).map((block): Utterance => {
    if (block.type === 'text') return { ...said, lines: safeLines(textOf(block.text)) };
    if (block.type === 'toolCall') {
      return quiet('tool', `→ ${textOf(block.name)} ${json(block.arguments)}`);
    }
    if (block.type === 'thinking') {
      return quiet(said.who, `(thinking, ${sizeOf(textOf(block.thinking))})`);
    }
    const kind = textOf(block.mimeType) || textOf(block.type) || 'unknown part';
    return quiet(said.who, `(${kind}, ${sizeOf(json(block))})`);
  });
}

function toolResultOf(message: Fields): Utterance {
  const text = partsOf(message.content).flatMap(({ lines }) => lines);
  const failed = message.isError === true;
  const whole = text.join('\n');
  const lines = text.length === 1 ? '1 line' : `${text.length} lines`;
  const told = whole.length > FOLDED_WIDTH_MAX ? ` (${lines}, ${sizeOf(whole)})` : '';
  const name = textOf(message.toolName);
  return {
    who: 'tool',
    tone: failed ? 'error' : 'quiet',
    lines: [`← ${folded(name)}${failed ? ' failed' : ''}: ${folded(whole)}${told}`],
  };
}

/** What happened to the conversation, in the words of its record. */
function eventOf(record: TranscriptRecord): string {
  switch (record.type) {
    case 'model_change':
      return `model ${textOf(record.modelId)} (${textOf(record.provider)})`;
    case 'thinking_level_change':
      return `thinking ${textOf(record.thinkingLevel)}`;
    case 'compaction':
      return `compacted ${json(record.tokensBefore)} tokens: ${textOf(record.summary)}`;
    case 'branch_summary':
      return `branch summary: ${textOf(record.summary)}`;
    case 'custom':
      return `custom ${textOf(record.customType)}`;
    case 'label':
      return `label ${json(record.label)} on ${textOf(record.targetId)}`;
    case 'session_info':
      return `name ${json(record.name)}`;
    default: {
      const { type, id, parentId, timestamp, seq, ...rest } = record;
      return Object.keys(rest).length === 0 ? type : `${type} ${json(rest)}`;
    }
  }
}

function quiet(who: string, text: string): Utterance {
  return { who, tone: 'quiet', lines: [folded(text)] };
}

/** One line, cut where it would fill more than two lines of a usual terminal. */
function folded(text: string): string {
  // What can not be shown anyway is cut off first, so that a large value costs no more than a small one.
  const start = cutText(text, FOLDED_WIDTH_MAX * 4);
  return fitted(safeLine(start.trim().replace(/\s+/g, ' ')), FOLDED_WIDTH_MAX);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? '';
}

function sizeOf(text: string): string {
  return byteSize(Buffer.byteLength(text));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
