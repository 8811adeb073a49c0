import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from './errors.ts';
import {
  agentOf,
  channelOf,
  checkSessionKey,
  formatSessionKey,
  parseSessionKey,
} from './session-key.ts';

const SEED = 20_260_301;

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof HoldfastError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('checkSessionKey', () => {
  it.each([
    ['no string', 7],
    ['nothing', undefined],
    ['an empty string', ''],
    ['a lone surrogate', 'agent:main:\ud800'],
    ['a NUL', 'agent:main:a\0b'],
    ['a newline', 'agent:main:a\nb'],
    ['a C1 control', 'agent:main:a\u0085b'],
    ['1,025 bytes', 'x'.repeat(1_025)],
    ['1,026 bytes of two each', 'é'.repeat(513)],
  ])('refuses %s', (_name, key) => {
    expect(codeOf(() => checkSessionKey(key))).toBe('INVALID_KEY');
  });

  it.each([
    ['a colon and slashes', 'a:b/c\\d%--..'],
    ['emoji', 'agent:main:\u{1f980}'],
    ['1,024 bytes', 'x'.repeat(1_024)],
    ['a trailing dot and space', 'agent:main:x. '],
    ['a device name', 'CON'],
    ['__proto__', '__proto__'],
  ])('accepts %s', (_name, key) => {
    expect(codeOf(() => checkSessionKey(key))).toBe('accepted');
  });

  it('shows a long key cut and escaped', () => {
    const key = `\u001b[31m${'x'.repeat(5_000)}`;
    try {
      checkSessionKey(key);
      expect.unreachable();
    } catch (error) {
      const { message } = error as Error;
      expect(message.length).toBeLessThan(250);
      expect(message).not.toContain('\u001b');
    }
  });
});

describe('parseSessionKey', () => {
  it.each([
    ['agent:main:main', { agentId: 'main', kind: 'main' }],
    ['agent:main:main:thread:9', { kind: 'main', thread: '9' }],
    [
      'agent:work:slack:channel:c0ab12:thread:1772100000.000100',
      {
        agentId: 'work',
        kind: 'channel',
        chatType: 'channel',
        channel: 'slack',
        peer: 'c0ab12',
        thread: '1772100000.000100',
      },
    ],
    [
      'agent:main:telegram:group:-100777:topic:42',
      { kind: 'group', channel: 'telegram', peer: '-100777', topic: '42' },
    ],
    ['agent:main:telegram:group:-1:topic:4:thread:5', { peer: '-1', topic: '4', thread: '5' }],
    ['agent:main:whatsapp:group:1203630@g.us', { channel: 'whatsapp', peer: '1203630@g.us' }],
    ['agent:main:telegram:direct:555', { kind: 'direct', channel: 'telegram', peer: '555' }],
    ['agent:main:telegram:dm:555', { kind: 'direct', chatType: 'direct', peer: '555' }],
    ['agent:main:direct:alice', { kind: 'direct', peer: 'alice' }],
    [
      'agent:main:signal:acct2:direct:+4915',
      { kind: 'direct', channel: 'signal', account: 'acct2', peer: '+4915' },
    ],
    [
      'agent:main:matrix:channel:!Roomf3e:example.org',
      { kind: 'channel', channel: 'matrix', peer: '!Roomf3e:example.org' },
    ],
    [
      'agent:main:matrix:channel:!R:example.org:thread:$Ev:example.org',
      { peer: '!R:example.org', thread: '$Ev:example.org' },
    ],
    ['agent:main:cron:7b1e:run:0d3c', { kind: 'cron' }],
    ['agent:main:subagent:9f0c:subagent:11', { kind: 'subagent' }],
    ['agent:main:acp:binding:discord:default:abc', { kind: 'acp', channel: 'discord' }],
    ['agent:main:hook:1', { kind: 'hook' }],
    ['agent:main:explicit:model-run-1', { kind: 'explicit' }],
    ['agent:main:dashboard:1', { kind: 'dashboard' }],
    ['agent:main:openai-user:bob', { kind: 'openai' }],
    ['agent:main:discord:slash:U1', { kind: 'slash', channel: 'discord', peer: 'U1' }],
    ['agent:main:unknown:group:77', { kind: 'group', channel: 'unknown', peer: '77' }],
    ['agent:main:boot', { kind: 'other' }],
    ['agent:main:x:heartbeat', { kind: 'other' }],
    ['agent:Ops:voice', { agentId: 'Ops', kind: 'other' }],
    ['global', { agentId: 'main', kind: 'global', bare: true }],
    ['unknown', { agentId: 'main', kind: 'unknown', bare: true }],
    ['group:99', { agentId: 'main', kind: 'group', peer: '99', bare: true }],
    ['slack:channel:c1', { agentId: 'main', channel: 'slack', bare: true }],
    ['agent:main', { agentId: 'main', kind: 'other', bare: true }],
    ['agent::x', { agentId: 'main', kind: 'other', bare: true }],
    ['agent:work::x', { agentId: 'main', kind: 'other', bare: true }],
    ['agent:main:slack:group:', { kind: 'other' }],
  ])('reads %s', (key, parts) => {
    expect(parseSessionKey(key)).toMatchObject({ key, ...parts });
  });

  it('names nothing that the key does not name', () => {
    expect(parseSessionKey('agent:main:cron:7b1e')).toEqual({
      key: 'agent:main:cron:7b1e',
      agentId: 'main',
      rest: 'cron:7b1e',
      kind: 'cron',
    });
  });

  it(`gives every key back exactly (seed ${SEED})`, () => {
    const word = fc.constantFrom(
      'agent',
      'main',
      'direct',
      'dm',
      'group',
      'thread',
      'topic',
      'X',
      '',
    );
    const likely = fc.array(fc.oneof(word, fc.string({ maxLength: 6 })), { maxLength: 8 });
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      likely.map((parts) => parts.join(':')),
      likely.map((parts) => ['agent', ...parts].join(':')),
    );
    fc.assert(
      fc.property(key, (text) => {
        const parts = parseSessionKey(text);
        expect(formatSessionKey(parts)).toBe(text);
        expect(agentOf(text)).toBe(parts.agentId);
        expect(channelOf(text)).toBe(parts.channel);
      }),
      { seed: SEED, numRuns: 3_000 },
    );
  });
});
