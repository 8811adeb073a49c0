/** What a chat is doing, in words. */

/**
 * @param {any} view of the gateway
 * @param {number} now
 * @returns {{ state: 'running' | 'cut-off' | 'idle', words: string }}
 */
export function statusOf({ turn, waiting }, now) {
  const wait = waiting === 0 ? '' : ` · ${waiting} ${waiting === 1 ? 'waits' : 'wait'}`;
  if (turn === undefined) return { state: 'idle', words: `nothing runs${wait}` };
  if (turn.cutOff) {
    return {
      state: 'cut-off',
      words: `turn ${turn.fence} of process ${turn.pid} was cut off${wait}`,
    };
  }
  const seconds = Math.max(0, Math.floor((now - turn.startedAt) / 1_000));
  const who = turn.here ? '' : ` in process ${turn.pid}`;
  return { state: 'running', words: `turn ${turn.fence} runs${who}, ${seconds} s${wait}` };
}

/** @param {any} view of the gateway */
export function factsText({ facts: { turns, model, tokens }, rev }) {
  const said = [
    `${turns} ${turns === 1 ? 'turn' : 'turns'}`,
    `${tokens.toLocaleString('en')} tokens`,
  ];
  if (model !== '') said.push(model);
  return [...said, `revision ${rev}`].join(' · ');
}
