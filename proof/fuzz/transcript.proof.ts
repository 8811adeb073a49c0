import { it } from 'vitest';
import { HoldfastError } from '../../src/model/errors.ts';
import { minutes } from '../frame/size.ts';
import { backendOn, diskWith, pathsOf, put } from './disk-of-store.ts';
import { fuzz } from './fuzz.ts';

const KEY = 'agent:main:main';
const lines = (...all: object[]) =>
  Buffer.from(all.map((line) => `${JSON.stringify(line)}\n`).join(''));
const HEADER = {
  type: 'session',
  version: 3,
  id: 'x',
  timestamp: '2026-03-01T10:15:00.000Z',
  cwd: '',
  key: KEY,
};
const A = {
  type: 'message',
  id: 'a',
  parentId: null,
  timestamp: '2026-03-01T10:15:00.000Z',
  message: { role: 'user' },
};
const SEEDS = [
  lines(HEADER, A, { ...A, id: 'b', parentId: 'a' }),
  lines(HEADER, A, { type: 'leaf', id: 'c', parentId: 'a', targetId: 'a' }),
  lines(HEADER, A, { ...A, id: 'd', parentId: 'a', appendMode: 'side' }),
  lines({ type: 'session', version: 1 }, { type: 'message', role: 'user' }),
  Buffer.alloc(0),
];
const DICTIONARY = [
  '{"type":"leaf","targetId":"a"}\n',
  '{"type":"session"}\n',
  '\n',
  '\0\0',
  '\xff',
  '{',
  '"appendMode":"side"',
  '"damage":"x"',
  '[]\n',
  'null\n',
];

it(
  'a transcript of any bytes is read around its damage, and grows behind it',
  async () => {
    const clean = await diskWith((backend) => backend.append(KEY, { type: 'note' }, {}, {}));
    const name = clean.names(pathsOf(KEY).session).find(({ name: each }) => each.startsWith('id-'));
    const path = `${pathsOf(KEY).session}/${name?.name}`;
    await fuzz({
      name: 'transcript',
      seeds: SEEDS,
      dictionary: DICTIONARY,
      async run(input) {
        const disk = clean.copy();
        put(disk, path, input);
        const backend = backendOn(disk, 1);
        const all = await read(() => backend.transcript(KEY, { onDamage: 'skip' }));
        const strict = await read(() => backend.transcript(KEY, { onDamage: 'throw' }));
        const last = await read(() => backend.transcript(KEY, { last: 2, onDamage: 'skip' }));
        if (typeof all === 'string') return all;
        if (JSON.stringify(last) !== JSON.stringify(all.slice(-2)))
          throw new Error('other last records');
        const added = await backend.append(KEY, { type: 'note', n: 1 }, { id: 'new' }, {});
        const again = await backend.append(KEY, { type: 'note', n: 1 }, { id: 'new' }, {});
        if (again.seq !== added.seq) throw new Error('appended twice');
        const after = await read(() => backend.transcript(KEY, { onDamage: 'skip' }));
        if (after.length !== all.length + 1 || after.at(-1) === undefined) {
          throw new Error(`${all.length} records, and ${after.length} after an append`);
        }
        await backend.close();
        return `${typeof strict === 'string' ? strict : 'whole'} ${all.length > 3 ? 'many' : all.length} ${added.parentId}`;
      },
    });
  },
  minutes(2, 12),
);

/** The records, or the code of what is wrong. */
async function read(records: () => AsyncIterable<object>): Promise<object[] | string> {
  const all: object[] = [];
  try {
    for await (const record of records()) all.push(record);
    return all;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return error.code;
  }
}
