/** A store in which something happens all the time, for pictures. */
import { setMaxListeners } from 'node:events';
import type { Store } from 'holdfast';
import { SAMPLE, said, sampleStore } from './sample-store.ts';

const SESSIONS = 240;
const TURNS = 9;
const WAITING = 3;
const EVERY_MS = 60;
const CHANNELS = ['telegram', 'slack', 'whatsapp', 'discord', 'signal', 'matrix'];
const LABELS = ['Weekly report', 'Family', 'Deploy help', 'Invoices', 'Travel plan', 'Garden'];
const AGENTS = ['main', 'work', 'support'];

export async function busyStore(): Promise<{ store: Store; end(): Promise<void> }> {
  const store = await sampleStore();
  const keys = Array.from({ length: SESSIONS }, (_, at) => keyOf(at));
  for (const [at, key] of keys.entries()) {
    const label = at % 3 === 0 ? undefined : LABELS[at % LABELS.length];
    await store.session(key).update({ model: 'opus', turns: at, ...(label && { label }) });
    for (let number = 0; number <= at % 7; number += 1) {
      await store.session(key).append(said('user', 'Good morning. '.repeat(at % 40)));
    }
  }
  const ends = new AbortController();
  setMaxListeners(0, ends.signal);
  const running: Promise<unknown>[] = [];
  for (const key of [SAMPLE, ...keys.slice(0, TURNS)])
    running.push(turnOf(store, key, ends.signal));
  for (const key of keys.slice(0, WAITING)) running.push(turnOf(store, key, ends.signal));
  const working = work(store, keys, ends.signal);
  return {
    store,
    async end() {
      ends.abort();
      await Promise.allSettled([working, ...running]);
      await store.close();
    },
  };
}

function turnOf(store: Store, key: string, signal: AbortSignal): Promise<unknown> {
  const untilEnd = () =>
    new Promise<void>((resolve) => {
      // One that waited begins when it is over already.
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
  return store.session(key).turn(untilEnd, { label: 'reply' });
}

/** Writes here and there, a little more and a little less in turn. */
async function work(store: Store, keys: readonly string[], signal: AbortSignal): Promise<void> {
  for (let round = 0; !signal.aborted; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    const times = 1 + Math.round(2 + 2 * Math.sin(round / 90));
    for (let at = 0; at < times; at += 1) {
      const key = keys[(round * 7 + at * 31) % keys.length] as string;
      await store.session(key).update({ turns: round });
    }
    if (round % 40 === 0) await store.session(SAMPLE).update({ totalTokens: 21_804 + round });
  }
}

function keyOf(at: number): string {
  const kind = at % 2 === 0 ? 'direct' : 'group';
  const peer = (at * 7_919_771) % 99_999_989;
  const agent = AGENTS[at % 5 < 3 ? 0 : (at % 2) + 1];
  return `agent:${agent}:${CHANNELS[at % CHANNELS.length]}:${kind}:${peer}`;
}
