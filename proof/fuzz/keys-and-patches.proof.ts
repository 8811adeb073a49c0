import { isDeepStrictEqual } from 'node:util';
import { it } from 'vitest';
import { encodeLine } from '../../src/backends/files/log-line.ts';
import { LogReplay } from '../../src/backends/files/log-replay.ts';
import { sessionKey } from '../../src/model/build-session-key.ts';
import { HoldfastError, isHoldfastError } from '../../src/model/errors.ts';
import { applyPatch, checkPatch } from '../../src/model/patch.ts';
import { checkRecord } from '../../src/model/record.ts';
import { checkSessionKey, formatSessionKey, parseSessionKey } from '../../src/model/session-key.ts';
import { minutes } from '../frame/size.ts';
import { fuzz } from './fuzz.ts';

const KEY = 'agent:main:main';
const SEEDS = [
  'agent:main:slack:channel:c024:thread:17\n{"n":1,"__proto__":{"x":1}}\n{"n":null,"list":["a"]}\n{"channel":"slack","peer":"u1","scope":"per-peer"}',
  'agent:a:telegram:group:-100123:topic:7\n{"a":{"b":[1,null]}}\n{"a":{"b":[1]}}\n{"agentId":"A b","channel":"matrix","chatType":"group","peer":"!R:x.org","topic":"t"}',
  'acp:binding:x:y:z\n{}\n{"type":"note","parentId":"a","timestamp":"2026-03-01T10:15:00.000Z"}\n{"identityLinks":{"alice":["telegram:1"]},"peer":"1"}',
];
const DICTIONARY = [
  'agent:',
  ':thread:',
  ':topic:',
  ':direct:',
  '::',
  '"__proto__":',
  '"constructor":',
  '\\ud800',
  '\ufffd',
  '[[[[',
  'null',
  '-0',
  '1e999',
  '"sessionId":"x"',
];

it(
  'R7.2 keys and patches of any text are kept exactly or refused',
  async () => {
    await fuzz({
      name: 'session keys and patches',
      seeds: SEEDS.map((text) => Buffer.from(text)),
      dictionary: DICTIONARY,
      run(input) {
        const [key = '', first = '', second = '', options = ''] = input
          .toString('utf8')
          .split('\n');
        return [keyOf(key), entryOf(first, second), recordOf(second), builtOf(options)].join(' ');
      },
    });
  },
  minutes(2, 12),
);

function keyOf(key: string): string {
  if (formatSessionKey(parseSessionKey(key)) !== key) throw new Error('read back as another key');
  return coded(() => checkSessionKey(key)) ?? parseSessionKey(key).kind;
}

/** What an entry is after two patches, and after it was written and read. */
function entryOf(first: string, second: string): string {
  const patches = [first, second].map(json);
  return (
    coded(() => {
      let entry: Readonly<Record<string, unknown>> = {};
      for (const patch of patches)
        entry = applyPatch(entry, checkPatch(patch, KEY))?.entry ?? entry;
      const line = encodeLine({
        v: 1,
        key: KEY,
        rev: 1,
        sessionId: 'x',
        createdAt: 1,
        beganAt: 1,
        updatedAt: 1,
        entry: entry as never,
        fence: 0,
      });
      const replay = new LogReplay(
        KEY,
        () => null,
        () => false,
      );
      replay.take(Buffer.from(line));
      if (!isDeepStrictEqual({ ...replay.state?.entry }, { ...entry }))
        throw new Error('another entry');
    }) ?? 'patched'
  );
}

function recordOf(text: string): string {
  return coded(() => checkRecord(json(text), KEY)) ?? 'record';
}

function builtOf(text: string): string {
  const options = json(text);
  const plain = typeof options === 'object' && options !== null && allText(options);
  if (!plain) return 'no options';
  return (
    coded(() => {
      const key = sessionKey(options);
      checkSessionKey(key);
      if (formatSessionKey(parseSessionKey(key)) !== key) throw new Error('built wrongly');
    }) ?? 'built'
  );
}

/** TypeScript keeps other kinds away from the builder. */
function allText(options: object): boolean {
  return Object.entries(options).every(
    ([name, value]) => name !== 'identityLinks' && typeof value === 'string',
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** The code of a refusal; nothing when there was none. */
function coded(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (isHoldfastError(error) && error instanceof HoldfastError) return error.code;
    throw error;
  }
}
