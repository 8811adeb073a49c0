/**
 * A gateway for the tests of the command line: opens a store and does what it is told, a line of JSON
 * for a line of JSON. It ends when its input ends.
 *
 *     {"turn": key}        begins a turn that lasts until it is aborted or told to end
 *     {"end": key}         ends it
 *     {"write": key, "n"}  n updates, each acknowledged before the next
 */
import { createInterface } from 'node:readline';
import { openStore } from 'holdfast';

const store = await openStore(process.argv[2], { instance: 'gateway' });
const turns = new Map();

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function beginTurn(key) {
  let end;
  const told = new Promise((resolve) => {
    end = resolve;
  });
  const done = store
    .session(key)
    .turn(
      async (turn) => {
        say({ began: key, fence: turn.fence });
        const aborted = new Promise((resolve) => {
          turn.signal.addEventListener('abort', () => resolve('aborted'));
        });
        const how = await Promise.race([told, aborted]);
        // What a turn does last: it fails when the turn was not only interrupted but lost.
        await turn.append({ type: 'custom', customType: 'turn-end', data: { how } });
        return how;
      },
      { label: 'reply' },
    )
    .then(
      (how) => say({ ended: key, how }),
      (error) => say({ failed: key, code: error.code }),
    );
  turns.set(key, { end, done });
}

async function write(key, n) {
  const session = store.session(key);
  for (let count = 0; count < n; count += 1) {
    await session.update((entry) => ({ writes: (entry.writes ?? 0) + 1 }));
    await session.append({ type: 'custom', customType: 'note', data: { count } });
  }
  say({ wrote: key, n });
}

say({ ready: true });
const writes = [];
for await (const line of createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line);
  if (ask.turn !== undefined) beginTurn(ask.turn);
  else if (ask.end !== undefined) turns.get(ask.end)?.end('told');
  else if (ask.write !== undefined) writes.push(write(ask.write, ask.n));
}
for (const { end } of turns.values()) end('told');
await Promise.all([...writes, ...[...turns.values()].map(({ done }) => done)]);
await store.close();
