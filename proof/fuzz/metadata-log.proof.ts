import { isDeepStrictEqual } from 'node:util';
import { crc32 } from 'node:zlib';
import { it } from 'vitest';
import { decodeLine, encodeLine, sealLine } from '../../src/backends/files/log-line.ts';
import { LogReplay } from '../../src/backends/files/log-replay.ts';
import { snapshotOf } from '../../src/backends/files/log-state.ts';
import { HoldfastError } from '../../src/model/errors.ts';
import { minutes } from '../frame/size.ts';
import { backendOn, diskWith, pathsOf, put } from './disk-of-store.ts';
import { fuzz } from './fuzz.ts';

const KEY = 'agent:main:main';
const ID = '019ca8e4-e8a4-7000-8000-000000000003';
const holder = { host: 'here', pid: 1, instance: 'x' };
const SNAPSHOT = encodeLine({
  v: 1,
  key: KEY,
  rev: 1,
  sessionId: ID,
  createdAt: 1,
  beganAt: 1,
  updatedAt: 1,
  entry: { n: 1, list: ['a'] },
  fence: 0,
});
const LINES = [
  encodeLine({ rev: 2, at: 2, set: { n: 2 }, unset: ['list'] }),
  encodeLine({ turn: { fence: 1, holder, startedAt: 3 } }),
  encodeLine({ interrupt: { fence: 1, at: 4, reason: 'new' } }),
  encodeLine({ ended: 1, overtaken: true }),
  encodeLine({ rev: 3, at: 5, sessionId: 'other', beganAt: 5, entry: { n: 3 }, blobs: {} }),
  encodeLine({ rev: 2, at: 2, blobs: { list: 'a'.repeat(64) } }),
  encodeLine({ fold: 2 }),
  encodeLine({ removed: true, at: 9 } as never),
];
const DICTIONARY = [
  '{"rev":2',
  ',"c":"00000000"}\n',
  '"__proto__":',
  '\n',
  '\0\0\0\0',
  '"fence":',
  '{"v":2',
  '"blobs":{',
  '\ufeff',
];

const blobs = (hash: string) => {
  if (hash === 'a'.repeat(64)) return ['a'];
  throw new HoldfastError('ENTRY_DAMAGED', 'no such value');
};

/** Gives lines the checksums that they should have, so that what is behind them is reached. */
function sealed(input: Buffer): Buffer {
  const lines = input.toString('latin1').split('\n');
  const last = lines.pop() as string;
  const text = lines.map((line) => {
    const open = line.replace(/,"c":"[0-9a-f]{8}"\}$/, '').replace(/\}$/, '');
    return sealLine(Buffer.from(open, 'latin1').toString('utf8'));
  });
  return Buffer.from(text.join('') + last);
}

let count = 0;

it(
  'R4.4 a metadata log of any bytes has a state, an end, or damage that is told',
  async () => {
    const clean = await diskWith((backend) => backend.update(KEY, { n: 1 }, {}));
    await fuzz({
      name: 'metadata log',
      seeds: LINES.map((_, at) => Buffer.from(SNAPSHOT + LINES.slice(at, at + 3).join(''))),
      dictionary: DICTIONARY,
      async run(given) {
        count += 1;
        const input = crc32(given) % 4 === 0 ? given : sealed(given);
        const replay = new LogReplay(KEY, blobs, () => false);
        replay.take(input);
        const { state, damage } = replay;
        if (state && !damage && !state.removed) {
          const line = decodeLine(Buffer.from(encodeLine(snapshotOf(KEY, state)).slice(0, -1)));
          if (!('line' in line)) throw new Error(`its snapshot is refused: ${line.reason}`);
          const again = new LogReplay(KEY, blobs, () => false);
          again.take(Buffer.from(encodeLine(snapshotOf(KEY, state))));
          if (!isDeepStrictEqual(again.state, state))
            throw new Error('its snapshot is another state');
        }
        if (count % 10 === 0) await throughStore(input);
        return (
          damage?.reason ?? (state ? `${state.removed} ${state.turn !== undefined}` : 'nothing')
        );
      },
    });

    /** Read, listed, mended: the session may be damaged, and is well afterwards or says why not. */
    async function throughStore(input: Buffer): Promise<void> {
      const disk = clean.copy();
      put(disk, `${pathsOf(KEY).session}/meta.1.jsonl`, input);
      const backend = backendOn(disk, 1);
      const calls = [
        () => backend.read(KEY),
        () => backend.update(KEY, { m: 1 }, {}),
        () => backend.append(KEY, { type: 'note' }, {}, {}),
        () => backend.verify(),
        () => backend.repair({ dryRun: false }),
        () => backend.read(KEY),
        () => backend.close(),
      ];
      for (const call of calls) {
        await call().catch((error: unknown) => {
          if (!(error instanceof HoldfastError)) throw error;
        });
      }
    }
  },
  minutes(2, 12),
);
