/** What the page is told of a chat: all that it shows, made anew whenever something changed. */

/** @typedef {'answered' | 'running' | 'waiting' | 'left'} Progress `left`: no turn of this process is for it */

/**
 * @typedef {object} ChatView
 * @property {string} name
 * @property {string} title
 * @property {string} key
 * @property {string} trouble what went wrong last, in words; empty when nothing did
 * @property {string} sessionId
 * @property {number} rev
 * @property {{ turns: number, model: string, tokens: number }} facts fields of the entry
 * @property {{ fence: number, pid: number, startedAt: number, here: boolean, cutOff: boolean } | undefined} turn
 * @property {number} waiting turns that wait in the lane of this process
 * @property {(import('./exchanges.js').Exchange & { progress: Progress, place: number })[]} exchanges
 *   `place`: how many turns come before it, and it
 * @property {{ sessionId: string, archivedAt: number, bytes: number, turns: number }[]} archives newest first
 * @property {{ id: string, text: string } | undefined} running words so far
 */

/** Messages that are sent to the page; older ones are in the transcript, and in the inspector. */
const SHOWN_MAX = 200;
const ARCHIVES_MAX = 30;

/**
 * @param {{ name: string, title: string, key: string, trouble?: string,
 *   state?: import('holdfast').SessionState | undefined,
 *   exchanges?: import('./exchanges.js').Exchange[],
 *   archives?: import('holdfast').Archive[],
 *   lane?: import('holdfast').Lane | undefined,
 *   instance?: string,
 *   queued?: string[],
 *   running?: import('./replies.js').Words | undefined }} seen
 * @returns {ChatView}
 */
export function viewOf(seen) {
  const { name, title, key, state, lane, running, trouble = '', queued = [] } = seen;
  const { exchanges = [], archives = [] } = seen;
  const spoken = exchanges.find(({ id }) => id === running?.id);
  // Once its answer is in the transcript, the words are those of the answer.
  const speaking = spoken !== undefined && spoken.answer?.id === running?.instead;
  const inLine = queued.filter((id) => id !== running?.id);
  return {
    ...{ name, title, key, trouble },
    sessionId: state?.sessionId ?? '',
    rev: state?.rev ?? 0,
    facts: factsOf(state?.entry ?? {}),
    turn: turnOf(state?.turn, seen.instance),
    waiting: lane?.waiting ?? 0,
    exchanges: exchanges.slice(-SHOWN_MAX).map((exchange) => {
      const place = inLine.indexOf(exchange.id) + 1;
      const mine = speaking && exchange === spoken;
      return { ...exchange, progress: progressOf(exchange, mine, place), place };
    }),
    archives: archives.slice(0, ARCHIVES_MAX).map(({ sessionId, archivedAt, bytes, entry }) => {
      return { sessionId, archivedAt, bytes, turns: entry.turns ?? 0 };
    }),
    running: speaking && running ? { id: running.id, text: running.text } : undefined,
  };
}

/** @param {import('./exchanges.js').Exchange} exchange @param {boolean} speaking @param {number} place @returns {Progress} */
function progressOf(exchange, speaking, place) {
  if (speaking) return 'running';
  // One that is answered well may be sent again by a page that did not hear of it.
  if (place > 0 && exchange.answer?.stopReason !== 'stop') return 'waiting';
  return exchange.answer === undefined ? 'left' : 'answered';
}

/** @param {import('holdfast').Entry} entry */
function factsOf({ turns = 0, model = '', inputTokens = 0, outputTokens = 0 }) {
  return { turns, model, tokens: inputTokens + outputTokens };
}

/** @param {import('holdfast').TurnState | undefined} turn @param {string | undefined} instance */
function turnOf(turn, instance) {
  if (turn === undefined) return undefined;
  const { fence, holder, startedAt, status } = turn;
  const here = holder.instance === instance;
  return { fence, pid: holder.pid, startedAt, here, cutOff: status === 'cut-off' };
}
