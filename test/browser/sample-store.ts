/** Sessions as a gateway would have them, in a store of this process. */
import { openStore, type Store } from 'holdfast';

export const SAMPLE = 'agent:main:slack:channel:c024';
const RECORDS = 130;
const WRITES_AT_ONCE = 500;

/** So many small sessions, and nothing else. */
export async function manySessions(count: number): Promise<Store> {
  const store = await openStore('memory:');
  for (let from = 0; from < count; from += WRITES_AT_ONCE) {
    const size = Math.min(WRITES_AT_ONCE, count - from);
    await Promise.all(
      Array.from({ length: size }, (_, at) => {
        const number = from + at;
        const key = `agent:main:telegram:direct:${number}`;
        return store.session(key).update({ label: `Person ${number}` });
      }),
    );
  }
  return store;
}

/** One session with everything that the page can show, and a few beside it. */
export async function sampleStore(): Promise<Store> {
  const store = await openStore('memory:', { instance: 'gateway' });
  const session = store.session(SAMPLE);
  await session.update({ label: 'Deploy help', model: 'sonnet', lastChannel: 'slack' });
  await session.append(said('user', 'What did we say last week?'));
  await session.append(said('assistant', 'That the pool is too small.'));
  await session.reset({ reason: 'weekly' });
  await session.update({ model: 'opus', totalTokens: 18_211, contextTokens: 200_000 });
  await session.update({
    totalTokens: 21_804,
    deliveryContext: { channel: 'slack', to: 'c024', accountId: 'default' },
    note: 'The billing service answers slowly since this morning. '.repeat(9),
  });
  await session.append({ type: 'model_change', provider: 'anthropic', modelId: 'opus' });
  for (let number = 0; number < RECORDS / 4; number += 1) {
    for (const record of exchange(number)) await session.append(record);
  }
  await session.append({
    type: 'compaction',
    tokensBefore: 84_211,
    summary: '## Goal\nFind out why billing is slow.\n\n## Progress\nThe pool is too small.',
  });
  for (const record of exchange(RECORDS)) await session.append(record);
  await session.append({ type: 'snapshot-of-somebody', data: { a: [1, 2, { b: 3 }] } });
  await beside(store);
  return store;
}

async function beside(store: Store): Promise<void> {
  const keys = [
    ['agent:main:telegram:group:-100123', 'Family'],
    ['agent:work:whatsapp:direct:4915', 'Invoices'],
    ['agent:work:signal:group:ab12', 'Garden'],
    ['agent:support:discord:channel:77', 'Questions'],
    ['agent:main:cron:nightly', undefined],
    ['agent:main:matrix:channel:!r:x.org', 'قائمة المهام'],
  ] as const;
  for (const [key, label] of keys) {
    await store.session(key).update({ model: 'opus', ...(label && { label }) });
    await store.session(key).append(said('user', 'Good morning.'));
  }
}

function exchange(number: number) {
  const logs = Array.from(
    { length: 30 },
    (_, at) => `08:${10 + at} GET /invoices 200 ${at * 13} ms`,
  );
  const content = [
    { type: 'thinking', thinking: 'The logs first.' },
    { type: 'text', text: 'I look at the logs of the last hours first.' },
    { type: 'toolCall', id: `call-${number}`, name: 'read_logs', arguments: { since: '08:00' } },
  ];
  const result = { role: 'toolResult', toolName: 'read_logs', isError: number % 9 === 4 };
  return [
    said('user', `Question ${number}: could you look at the billing service? It is slow today.`),
    { type: 'message', message: { role: 'assistant', content } },
    { type: 'message', message: { ...result, content: [{ type: 'text', text: logs.join('\n') }] } },
    said(
      'assistant',
      'The service is quick; what is slow is its pool.\n\n- 40 requests\n- 8 connections',
    ),
  ];
}

/** A record that somebody says something. */
export function said(role: string, text: string) {
  return { type: 'message', message: { role, content: [{ type: 'text', text }] } };
}
