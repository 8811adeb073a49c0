import { seeded } from './seeded.js';

const WORDS = [
  'read',
  'the',
  'file',
  'before',
  'a',
  'tool',
  'is',
  'called',
  '"quoted"',
  'and\n',
  'then',
  'answer',
];

/** Prose-like text of exactly `length` characters, the same for the same seed. */
export function fill(length, seed) {
  const random = seeded(seed);
  let text = '';
  while (text.length < length) text += `${WORDS[Math.floor(random() * WORDS.length)]} `;
  return text.slice(0, length);
}
