import { crc32 } from 'node:zlib';
import { it } from 'vitest';
import { minutes } from '../frame/size.ts';
import { backendOn, diskWith, pathsOf, put } from './disk-of-store.ts';
import { fuzz } from './fuzz.ts';

const KEYS = ['agent:main:main', 'agent:main:slack:channel:c1', '__proto__'];
/** One input holds both files: what comes before this line is the journal, what follows is the list. */
const BETWEEN = '\n----\n';
const DICTIONARY = [
  '["main",1]\n',
  '["main",9,"remove"]\n',
  '[null,1]\n',
  '{"v":2',
  '"positions":{}',
  '"pending":',
  '\n',
  '\0',
  '"number":2',
  '"at":-1',
  '[[]]',
  '1e9',
];

it(
  'R7.4 journals and saved lists of any bytes hide no session',
  async () => {
    const clean = await diskWith(async (backend) => {
      for (const key of KEYS) await backend.update(key, { n: 1 }, {});
      for await (const _ of backend.list({ order: 'key' }));
    });
    const { changes } = pathsOf(KEYS[0] as string);
    const journal = clean.textOf(`${changes}/1.1.jsonl`);
    const list = clean.textOf(`${changes}/list.1.jsonl`);
    await fuzz({
      name: 'journals and saved list',
      seeds: [journal + BETWEEN + list, BETWEEN + list, journal + BETWEEN].map((text) =>
        Buffer.from(text, 'latin1'),
      ),
      dictionary: DICTIONARY,
      async run(input) {
        const [before = '', after = ''] = input.toString('latin1').split(BETWEEN);
        const seal = crc32(input) % 2 === 0;
        const disk = clean.copy();
        put(disk, `${changes}/1.1.jsonl`, Buffer.from(before, 'latin1'));
        put(disk, `${changes}/list.1.jsonl`, Buffer.from(seal ? sealed(after) : after, 'latin1'));
        const warnings: string[] = [];
        const backend = backendOn(disk, 1, warnings);
        const keys: string[] = [];
        for await (const row of backend.list({ order: 'key' })) keys.push(row.key);
        const hidden = KEYS.filter((key) => !keys.includes(key));
        // A list whose checksum fits is believed: somebody has made it so.
        if (hidden.length > 0 && !seal) throw new Error(`hidden: ${hidden}`);
        const stop = new AbortController();
        const watching = backend.watch(stop.signal)[Symbol.asyncIterator]();
        const telling = watching.next();
        await backend.update(KEYS[1] as string, { n: 2 }, {});
        const { value: told } = await telling;
        stop.abort();
        await backend.close();
        const left = disk.names(changes).map(({ name }) => name);
        return `${hidden.length} ${keys.length > 3} ${told?.kind} ${left.length} ${[...new Set(warnings)]}`;
      },
    });
  },
  minutes(2, 12),
);

/** The list with the checksum that it should have. */
function sealed(list: string): string {
  const body = list.slice(0, list.lastIndexOf('\n', list.length - 2) + 1);
  return `${body}${crc32(Buffer.from(body, 'latin1'))}\n`;
}
