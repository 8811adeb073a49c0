/** A process that resets one session again and again, and tells each new session id. */
import process from 'node:process';
import { openStore } from 'holdfast';
import { say } from './parent.js';

const [directory, key] = process.argv.slice(2);
const store = await openStore(directory, { onWarning: () => undefined });
const session = store.session(key);
for (;;) {
  // Once, also when the process before this one came so far and no further.
  await session.append({ type: 'note' }, { id: 'only' });
  const { sessionId } = await session.reset({ reason: 'again' });
  say('reset', sessionId);
}
