import { describe, expect, it } from 'vitest';
import { type SessionKeyOptions, sessionKey } from './build-session-key.ts';
import { parseSessionKey } from './session-key.ts';

describe('sessionKey', () => {
  const direct = { channel: 'Telegram', peer: 'U55' };
  const links = { alice: ['telegram:u55', 'discord:2'] };
  it.each<[SessionKeyOptions, string]>([
    [{}, 'agent:main:main'],
    [direct, 'agent:main:main'],
    [{ ...direct, scope: 'per-peer' }, 'agent:main:direct:u55'],
    [{ ...direct, scope: 'per-channel-peer' }, 'agent:main:telegram:direct:u55'],
    [{ ...direct, scope: 'per-account-channel-peer' }, 'agent:main:telegram:default:direct:u55'],
    [
      { ...direct, account: 'A2', scope: 'per-account-channel-peer' },
      'agent:main:telegram:a2:direct:u55',
    ],
    [{ channel: 'slack', scope: 'per-peer' }, 'agent:main:main'],
    [{ scope: 'global', channel: 'slack', peer: 'x' }, 'global'],
    [{ ...direct, scope: 'per-peer', identityLinks: links }, 'agent:main:direct:alice'],
    [{ ...direct, identityLinks: links }, 'agent:main:main'],
    [
      { channel: 'slack', chatType: 'channel', peer: 'C0AB', thread: '17.1', agentId: 'Work' },
      'agent:work:slack:channel:c0ab:thread:17.1',
    ],
    [
      { channel: 'telegram', chatType: 'group', peer: '-100', topic: '42' },
      'agent:main:telegram:group:-100:topic:42',
    ],
    [
      { channel: 'matrix', chatType: 'channel', peer: '!RoomF:example.org', thread: '$Ev' },
      'agent:main:matrix:channel:!RoomF:example.org:thread:$Ev',
    ],
    [{ channel: 'signal', chatType: 'group', peer: 'AbC=' }, 'agent:main:signal:group:AbC='],
    [{ agentId: '  My Agent! ' }, 'agent:my-agent:main'],
    [{ agentId: '***' }, 'agent:main:main'],
    [{ agentId: 'a.b..c' }, 'agent:a-b-c:main'],
    [{ agentId: '--a--b--' }, 'agent:a--b:main'],
    [{ agentId: 'Ops_2-x' }, 'agent:ops_2-x:main'],
    [{ agentId: 'a'.repeat(64) }, `agent:${'a'.repeat(64)}:main`],
    [{ agentId: 'a'.repeat(70) }, `agent:${'a'.repeat(64)}:main`],
    [
      { channel: 'matrix', peer: '@User:Example.org', scope: 'per-channel-peer' },
      'agent:main:matrix:direct:@user:example.org',
    ],
    [{ channel: 'signal', peer: 'AbC', scope: 'per-channel-peer' }, 'agent:main:signal:direct:abc'],
    [{ channel: 'slack', chatType: 'group', peer: 'AbC' }, 'agent:main:slack:group:abc'],
    [
      { ...direct, scope: 'per-peer', identityLinks: { bob: ['u5', 'U55'] } },
      'agent:main:direct:bob',
    ],
    [
      { ...direct, scope: 'per-peer', identityLinks: { bob: ['u5', 'discord:u55'] } },
      'agent:main:direct:u55',
    ],
  ])('%o is %s', (options, key) => {
    expect(sessionKey(options)).toBe(key);
  });

  it.each<[string, SessionKeyOptions]>([
    ['a group without a channel', { chatType: 'group', peer: '1' }],
    ['a group without a peer', { chatType: 'group', channel: 'slack' }],
    ['no channel where the scope needs one', { peer: '1', scope: 'per-channel-peer' }],
    ['a channel with a colon', { chatType: 'group', channel: 'a:b', peer: '1' }],
    ['a channel named like another kind', { chatType: 'group', channel: 'cron', peer: '1' }],
    [
      'an account named like a chat type',
      { channel: 'x', account: 'direct', peer: '1', scope: 'per-account-channel-peer' },
    ],
    ['a peer that hides a thread', { chatType: 'group', channel: 'x', peer: 'a:thread:1' }],
    ['a control character', { chatType: 'group', channel: 'x', peer: 'a\nb' }],
  ])('refuses %s', (_name, options) => {
    expect(() => sessionKey(options)).toThrowError(
      expect.objectContaining({ code: 'INVALID_KEY' }),
    );
  });

  it('builds what is read back part by part', () => {
    const options = {
      agentId: 'ops',
      channel: 'discord',
      account: 'bot2',
      peer: '99',
      thread: '7',
      topic: '8',
      scope: 'per-account-channel-peer',
    } as const;
    const { scope, ...parts } = options;
    expect(parseSessionKey(sessionKey({ ...parts, scope }))).toMatchObject(parts);
  });
});
