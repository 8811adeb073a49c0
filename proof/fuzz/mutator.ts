/** Makes new inputs from known ones: bytes and lines moved about, and odd values put into JSON. */
import type { Chance } from '../frame/run-facts.ts';

/** Values that are rarely expected where they stand. */
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1,
  0.5,
  2 ** 53,
  -0,
  1e308,
  '',
  '__proto__',
  'x'.repeat(300),
  '\0',
  '\ud800',
  '..',
  '../../x',
  'CON',
  [],
  [null],
  {},
  { a: {} },
  [[]],
  '2026-03-01T10:15:00.000Z',
  -8.64e15,
  1e21,
];

/** Pieces of text that a format gives a meaning to. */
export type Dictionary = readonly string[];

const LENGTH_MAX = 65_536;

export function mutated(chance: Chance, corpus: readonly Buffer[], dictionary: Dictionary): Buffer {
  let input = chance.pick(corpus);
  const rounds = 1 + chance.below(4);
  for (let round = 0; round < rounds; round++) {
    const kind = chance.below(12);
    if (kind < 5) input = inJson(chance, input);
    else if (kind < 7) input = inLines(chance, input);
    else if (kind < 9) input = spliced(chance, input, Buffer.from(chance.pick(dictionary)));
    else if (kind < 10) input = spliced(chance, input, piece(chance, chance.pick(corpus)));
    else input = inBytes(chance, input);
  }
  return input.subarray(0, LENGTH_MAX);
}

/** Puts something odd into one line of JSON, where there is one. */
function inJson(chance: Chance, input: Buffer): Buffer {
  const lines = input.toString('utf8').split('\n');
  const at = chance.below(lines.length);
  try {
    const root = { root: JSON.parse(lines[at] as string) as unknown };
    change(chance, root);
    lines[at] = JSON.stringify(root.root) ?? '';
    return Buffer.from(lines.join('\n'));
  } catch (cause) {
    if (cause instanceof SyntaxError) return inBytes(chance, input);
    throw cause;
  }
}

function change(chance: Chance, parent: Record<string, unknown>): void {
  let holder = parent;
  for (let level = 0; level < 8; level++) {
    const names = Object.keys(holder);
    const name = chance.pick(names);
    const below = holder[name] as Record<string, unknown>;
    const container = typeof below === 'object' && below !== null;
    if (container && Object.keys(below).length > 0 && chance.below(4) > 0) {
      holder = below;
      continue;
    }
    const kind = chance.below(4);
    if (kind === 0 && holder !== parent && !Array.isArray(holder)) delete holder[name];
    else if (kind === 1 && container && !Array.isArray(below)) {
      put(below, String(chance.pick(ODD)), chance.pick(ODD));
    } else if (kind === 2) put(holder, name, chance.pick(Object.values(holder)));
    else put(holder, name, chance.pick(ODD));
    return;
  }
}

function put(holder: object, name: string, value: unknown): void {
  const shared = typeof value === 'object' ? structuredClone(value) : value;
  Object.defineProperty(holder, name, {
    value: shared,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function inLines(chance: Chance, input: Buffer): Buffer {
  const lines = input.toString('latin1').split('\n');
  const at = chance.below(lines.length);
  const line = lines[at] as string;
  const kind = chance.below(4);
  if (kind === 0) lines.splice(at, 1);
  else if (kind === 1) lines.splice(chance.below(lines.length), 0, line);
  else if (kind === 2) lines[at] = line.slice(0, chance.below(line.length + 1));
  else lines.splice(chance.below(lines.length), 0, ...lines.splice(at, 1));
  return Buffer.from(lines.join('\n'), 'latin1');
}

function inBytes(chance: Chance, input: Buffer): Buffer {
  const bytes = Buffer.from(input);
  const at = chance.below(bytes.length + 1);
  const kind = chance.below(4);
  if (kind === 0 || bytes.length === 0)
    return spliced(chance, bytes, Buffer.from([chance.below(256)]));
  if (kind === 1) return bytes.subarray(0, at);
  if (kind === 2)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(16))]);
  const place = Math.min(at, bytes.length - 1);
  bytes[place] = (bytes[place] as number) ^ (1 << chance.below(8));
  return bytes;
}

function piece(chance: Chance, of: Buffer): Buffer {
  const from = chance.below(of.length + 1);
  return of.subarray(from, from + chance.below(200));
}

function spliced(chance: Chance, input: Buffer, what: Buffer): Buffer {
  const at = chance.below(input.length + 1);
  return Buffer.concat([input.subarray(0, at), what, input.subarray(at)]);
}
