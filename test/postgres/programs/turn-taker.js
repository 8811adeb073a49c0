/**
 * A process that takes one turn after the other on a session and writes down in its transcript when
 * it is inside: its fence twice, first as `in` and last as `out`.
 */
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from 'holdfast';
import { answer, say } from '../../processes/programs/parent.js';

const [url] = process.argv.slice(2);
const store = await openStore(url, { onWarning: () => undefined });
const session = store.session('agent:main:chat:1');
let stop = false;
let turns = 0;
const lost = [];

async function takeTurns() {
  while (!stop) {
    try {
      await session.turn(async (turn) => {
        await turn.append({ type: 'in', fence: turn.fence });
        say('inside', turn.fence);
        // What a turn is for takes its time.
        await pause(20);
        await turn.update((entry) => ({ n: (entry.n ?? 0) + 1 }));
        await turn.append({ type: 'out', fence: turn.fence });
      });
      turns += 1;
    } catch (error) {
      lost.push(error.code ?? error.stack);
    }
  }
}

let done;
answer({
  begin() {
    done = takeTurns();
  },
  async end() {
    stop = true;
    await done;
    await store.close();
    return { turns, lost };
  },
});
