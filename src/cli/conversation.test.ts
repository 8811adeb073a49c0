import { describe, expect, it } from 'vitest';
import type { TranscriptRecord } from '../model/state.ts';
import { utterancesOf } from './conversation.ts';

function record(fields: Record<string, unknown>): TranscriptRecord {
  return { type: 'message', id: 'a', parentId: null, timestamp: '', seq: 1, ...fields };
}

describe('utterancesOf', () => {
  it('shows what was said, line by line', () => {
    const message = { role: 'user', content: 'one\ntwo' };
    expect(utterancesOf(record({ message }))).toEqual([
      { who: 'user', tone: 'user', lines: ['one', 'two'] },
    ]);
  });

  it('folds tool calls, thinking and results to a line', () => {
    const content = [
      { type: 'thinking', thinking: 'x'.repeat(1_500) },
      { type: 'text', text: 'I look.' },
      { type: 'toolCall', id: '1', name: 'read', arguments: { path: 'notes.txt' } },
    ];
    expect(utterancesOf(record({ message: { role: 'assistant', content } }))).toEqual([
      { who: 'assistant', tone: 'quiet', lines: ['(thinking, 1.5 KB)'] },
      { who: 'assistant', tone: 'assistant', lines: ['I look.'] },
      { who: 'tool', tone: 'quiet', lines: ['→ read {"path":"notes.txt"}'] },
    ]);
    const result = {
      role: 'toolResult',
      toolName: 'read',
      content: [{ type: 'text', text: `\nfirst\n  second\n${'x'.repeat(200)}` }],
      isError: true,
    };
    expect(utterancesOf(record({ message: result }))).toEqual([
      {
        who: 'tool',
        tone: 'error',
        lines: [`← read failed: first second ${'x'.repeat(146)}… (4 lines, 216 B)`],
      },
    ]);
  });

  it('tells why a message ended badly', () => {
    const message = {
      role: 'assistant',
      content: [],
      stopReason: 'error',
      errorMessage: 'over quota',
    };
    expect(utterancesOf(record({ message }))).toEqual([
      { who: 'assistant', tone: 'error', lines: ['(error: over quota)'] },
    ]);
  });

  it('tells events in their words, and unknown types with their fields', () => {
    const told = (fields: Record<string, unknown>) => utterancesOf(record(fields))[0]?.lines[0];
    expect(told({ type: 'model_change', provider: 'p', modelId: 'm-1' })).toBe('model m-1 (p)');
    expect(told({ type: 'compaction', summary: '## Goal\nx', tokensBefore: 90 })).toBe(
      'compacted 90 tokens: ## Goal x',
    );
    expect(told({ type: 'custom', customType: 'model-snapshot', data: {} })).toBe(
      'custom model-snapshot',
    );
    expect(told({ type: 'novel', x: [1] })).toBe('novel {"x":[1]}');
    expect(told({ type: 'novel' })).toBe('novel');
  });

  it('is never fooled by shapes or by escape sequences', () => {
    const shapes: unknown[] = [
      null,
      7,
      [],
      'text',
      {},
      { role: 5 },
      { role: 'x', content: [null, 3] },
    ];
    for (const message of shapes) {
      for (const said of utterancesOf(record({ message }))) {
        expect(said.lines.length).toBeGreaterThan(0);
      }
    }
    const hostile = {
      role: '\x1b[2J',
      content: [
        { type: 'text', text: 'a\x1b]0;t\x07\u202eb' },
        { type: 'toolCall', name: '\x1b[1m', arguments: { x: '\u2066' } },
        { type: '\x07' },
      ],
    };
    const records = [
      record({ message: hostile }),
      record({ type: '\x1b[31m', x: '\u202e' }),
      record({ type: 'custom_message', customType: '\x1b', content: '\x1b' }),
      record({ message: { role: 'toolResult', toolName: '\x1b', content: '\x1b' } }),
    ];
    for (const said of records.flatMap(utterancesOf)) {
      expect([said.who, ...said.lines].join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('folds a long call without halving a character', () => {
    const message = {
      role: 'assistant',
      content: [{ type: 'toolCall', name: 'x', arguments: { text: '🚀'.repeat(5_000) } }],
    };
    const line = utterancesOf(record({ message }))[0]?.lines[0] ?? '';
    expect(line).toMatch(/🚀…$/u);
    expect(line).not.toMatch(/\p{Surrogate}/u);
  });
});
