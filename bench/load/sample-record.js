import { fill } from './words.js';

/** A message of a transcript whose JSON is about `bytes` long with the id and time a store adds. */
export function recordOf(n, bytes = 300) {
  // What a store adds itself: id, parent id, timestamp and their names.
  const around = 190;
  return {
    type: 'message',
    message: { role: n % 2 ? 'assistant' : 'user', content: text(Math.max(16, bytes - around)) },
  };
}

const made = new Map();

function text(length) {
  if (!made.has(length)) made.set(length, fill(length, 7).replaceAll(/["\n]/g, '.'));
  return made.get(length);
}
