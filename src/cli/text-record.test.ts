import { expect, it } from 'vitest';
import { textRecord } from './text-record.ts';

it('makes a user message', () => {
  expect(textRecord('user', 'hi', 5)).toEqual({
    type: 'message',
    message: { role: 'user', content: [{ type: 'text', text: 'hi' }], timestamp: 5 },
  });
});

it('makes an assistant message that costs nothing', () => {
  const { message } = textRecord('assistant', 'hi', 5);
  expect(message).toMatchObject({
    role: 'assistant',
    model: 'gateway-injected',
    stopReason: 'stop',
  });
  expect(message.usage).toMatchObject({ totalTokens: 0, cost: { total: 0 } });
});

it.each(['', 'tool', 'User'])('refuses the role %j', (role) => {
  expect(() => textRecord(role, 'hi', 5)).toThrow(/--role does not know/);
});
