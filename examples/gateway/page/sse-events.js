/**
 * Server-sent events out of a stream of bytes, as the HTML standard has them. Both sides use it: the
 * page, because `EventSource` can send no token, and the agent, because models answer in this form.
 */

/**
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {AsyncGenerator<{ event: string, data: string }>}
 */
export async function* sseEvents(body) {
  let event = '';
  /** @type {string[]} */
  let data = [];
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
      event = '';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
}

/**
 * Lines that have ended, whichever of the three ends they have. What follows the last of them was
 * cut off, and is no event.
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 */
async function* linesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest += value;
      // A carriage return at the end may be half of a pair.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest.endsWith('\r')) yield rest.slice(0, -1);
  } finally {
    // Who stops listening lets the other side know.
    await reader.cancel().catch(() => undefined);
  }
}
