/** Values, keys and bytes that nobody means well with: the table of what happens to each. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeLine, sealLine } from '../../src/backends/files/log-line.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { collect, refused } from '../../test/files/collect.ts';
import { openStoreAt } from '../../test/files/open-store-at.ts';
import { directoryOf } from '../../test/files/paths-of-session.ts';
import { temporaryDirectory } from '../../test/files/temporary-directory.ts';
import { filesMatching } from '../../test/files/tree-of.ts';
import { keepFigure } from '../frame/figures.ts';

const KEY = 'agent:main:odd';
const OTHER = 'agent:main:other';
const DEPTH = 100_000;
const deepText = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;
const note = { type: 'note', text: 'good' };
const began = performance.now();
const happened: [string, string][] = [];

afterAll(() => {
  for (const [input, outcome] of happened) console.log(`hostile: ${input}: ${outcome}`);
  const seconds = (performance.now() - began) / 1_000;
  keepFigure('hostile', {
    what: 'rows of values',
    count: happened.length,
    found: { wrong: 0 },
    seconds,
  });
});

/** A test whose outcome becomes a row of the table. */
function row(id: string, input: string, outcome: string, run: () => Promise<void>): void {
  it(`${id} ${input}: ${outcome}`, async () => {
    await run();
    happened.push([input, outcome]);
  });
}

async function two() {
  const opened = await openStoreAt(temporaryDirectory());
  const session = opened.store.session(KEY);
  await session.update({ n: 1 });
  await session.append(note);
  await opened.store.session(OTHER).update({ n: 1 });
  return { ...opened, session };
}

/** A fresh store over the log of one session with a line added, and that nobody else suffers. */
async function withLine(line: string | Buffer) {
  const { store } = await two();
  await store.close();
  appendFileSync(join(directoryOf(store.location, KEY), 'meta.1.jsonl'), line);
  const again = await openStoreAt(store.location);
  expect(await again.store.session(OTHER).update({ n: 2 })).toMatchObject({ rev: 2 });
  expect(await collect(again.store.list())).toHaveLength(2);
  return { ...again, session: again.store.session(KEY) };
}

async function expectDamaged(line: string | Buffer) {
  const { session } = await withLine(line);
  const error = await refused('ENTRY_DAMAGED', session.read());
  expect(error.lastGood).toMatchObject({ rev: 1, entry: { n: 1 } });
  await refused('ENTRY_DAMAGED', session.update({ n: 2 }));
}

/** The records that are served when bytes stand between two good ones. */
async function transcriptWith(bytes: string | Buffer) {
  const { store, session } = await two();
  const [path = ''] = filesMatching(directoryOf(store.location, KEY), /[0-9a-f]{12}\.jsonl$/);
  appendFileSync(path, Buffer.concat([Buffer.from(bytes), Buffer.from('\n')]));
  await session.append(note);
  await store.close();
  const again = await openStoreAt(store.location);
  const records = await collect(again.store.session(KEY).transcript());
  await again.store.verify();
  return { records, codes: again.warnings.map(({ code }) => code) };
}

const sealed = (open: string) => sealLine(open);
const change = (set: string) => sealed(`{"rev":2,"at":1,"set":${set}`);

describe('depth and size', () => {
  row('R8.3', 'an entry, a record and a patch of 100,000 levels', 'LIMIT_EXCEEDED', async () => {
    const { session } = await two();
    const deep = JSON.parse(deepText);
    await refused('LIMIT_EXCEEDED', session.update({ deep }));
    await refused('LIMIT_EXCEEDED', session.append({ type: 'note', deep }));
    await refused(
      'LIMIT_EXCEEDED',
      session.update(() => ({ deep })),
    );
    expect((await session.read())?.rev).toBe(1);
  });
  row('R8.3', 'a line of a log with 100,000 levels', 'ENTRY_DAMAGED', async () => {
    await expectDamaged(change(`{"deep":${deepText}}`));
  });
  row(
    'C.10',
    'a line of a transcript with 100,000 levels',
    'skipped or served, told, never a crash',
    async () => {
      const { records } = await transcriptWith(`{"type":"note","id":"deep","deep":${deepText}}`);
      expect(records.filter(({ text }) => text === 'good')).toHaveLength(2);
    },
  );
  row('R8.3', 'a text of 300 MB', 'LIMIT_EXCEEDED', async () => {
    const { session } = await two();
    const text = 'x'.repeat(300_000_000);
    await refused('LIMIT_EXCEEDED', session.update({ text }));
    await refused('LIMIT_EXCEEDED', session.append({ type: 'note', text }));
  });
});

describe('names of fields', () => {
  row('R7.10', '__proto__, constructor and toString as fields', 'kept as data', async () => {
    const { store, session } = await two();
    const odd = JSON.parse('{"__proto__":{"admin":1},"constructor":2,"toString":3}');
    await session.update(odd);
    await session.append({ type: 'note', odd });
    await store.close();
    const { store: again } = await openStoreAt(store.location);
    const entry = (await again.session(KEY).read())?.entry;
    expect(JSON.stringify(entry)).toBe(`{"n":1,${JSON.stringify(odd).slice(1)}`);
    const [, record] = await collect(again.session(KEY).transcript());
    expect(JSON.stringify(record?.odd)).toBe(JSON.stringify(odd));
    expect(({} as { admin?: number }).admin).toBe(undefined);
  });
  row(
    'R8.3',
    'a field twice in one line of a log',
    'the last one counts, as in JSON.parse',
    async () => {
      const { session } = await withLine(change('{"a":1,"a":2}'));
      expect((await session.read())?.entry).toEqual({ n: 1, a: 2 });
    },
  );
});

describe('text', () => {
  row(
    'R8.3',
    'bytes that are no UTF-8 in a line of a log with its right checksum',
    'ENTRY_DAMAGED',
    async () => {
      const { crc32 } = await import('node:zlib');
      const open = Buffer.concat([
        Buffer.from('{"rev":2,"at":1,"set":{"a":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}'),
      ]);
      const sum = crc32(open).toString(16).padStart(8, '0');
      await expectDamaged(Buffer.concat([open, Buffer.from(`,"c":"${sum}"}\n`)]));
    },
  );
  row(
    'C.10',
    'bytes that are no UTF-8 in a line of a transcript',
    'the line is skipped and told',
    async () => {
      const { records, codes } = await transcriptWith(
        Buffer.concat([
          Buffer.from('{"type":"note","text":"'),
          Buffer.from([0xff]),
          Buffer.from('"}'),
        ]),
      );
      expect(records.map(({ text }) => text)).toEqual(['good', 'good']);
      expect(codes).toContain('TRANSCRIPT_DAMAGED');
    },
  );
  row('R7.2', 'a lone surrogate in a key', 'INVALID_KEY', async () => {
    const { store } = await two();
    expect(() => store.session('agent:main:\ud800')).toThrow(
      expect.objectContaining({ code: 'INVALID_KEY' }),
    );
  });
  row('R8.3', 'a lone surrogate in a value', 'comes back as it was', async () => {
    const { store, session } = await two();
    await session.update({ text: 'a\ud800b', '\udc00': 1 });
    await store.close();
    const { store: again } = await openStoreAt(store.location);
    expect((await again.session(KEY).read())?.entry).toEqual({
      n: 1,
      text: 'a\ud800b',
      '\udc00': 1,
    });
  });
  row('R7.2', 'NUL in a key, in a value', 'INVALID_KEY; comes back as it was', async () => {
    const { store, session } = await two();
    expect(() => store.session('agent:main:a\0b')).toThrow(
      expect.objectContaining({ code: 'INVALID_KEY' }),
    );
    expect((await session.update({ text: 'a\0b' })).entry.text).toBe('a\0b');
  });
  row('R8.3', 'a byte order mark before a log', 'ENTRY_DAMAGED', async () => {
    const { store } = await two();
    await store.close();
    const log = join(directoryOf(store.location, KEY), 'meta.1.jsonl');
    writeFileSync(log, Buffer.concat([Buffer.from('\ufeff'), readFileSync(log)]));
    const { store: again } = await openStoreAt(store.location);
    await refused('ENTRY_DAMAGED', again.session(KEY).read());
    expect(await again.session(OTHER).read()).toMatchObject({ rev: 1 });
  });
  row('C.10', 'a byte order mark in a transcript', 'the line is skipped and told', async () => {
    const { records, codes } = await transcriptWith('\ufeff{"type":"note","id":"bom"}');
    expect(records).toHaveLength(2);
    expect(codes).toContain('TRANSCRIPT_DAMAGED');
  });
});

describe('numbers', () => {
  row('R8.3', 'NaN and Infinity', 'INVALID_ENTRY', async () => {
    const { session } = await two();
    for (const n of [Number.NaN, Number.POSITIVE_INFINITY]) {
      await refused('INVALID_ENTRY', session.update({ n }));
      await refused('INVALID_ENTRY', session.append({ type: 'note', n }));
    }
  });
  row(
    'R8.3',
    '1e999 in a line of a log',
    'ENTRY_DAMAGED: no number of this value can be written back',
    async () => {
      await expectDamaged(change('{"a":1e999}'));
    },
  );
  row('R8.3', '-0 and 2^53+1', '-0 is stored as 0, a number as JavaScript holds it', async () => {
    const { store, session } = await two();
    await session.update({ zero: -0, big: 2 ** 53 + 2 });
    await store.close();
    const { store: again } = await openStoreAt(store.location);
    const entry = (await again.session(KEY).read())?.entry;
    expect(Object.is(entry?.zero, 0)).toBe(true);
    expect(entry?.big).toBe(2 ** 53 + 2);
    const { session: foreign } = await withLine(change('{"big":9007199254740993}'));
    expect((await foreign.read())?.entry.big).toBe(9_007_199_254_740_992);
  });
});

describe('a log of another kind', () => {
  row(
    'R8.3',
    'a snapshot that is larger than an entry may be',
    'served: it was written before',
    async () => {
      const { store } = await two();
      await store.close();
      const log = join(directoryOf(store.location, KEY), 'meta.1.jsonl');
      const { c: _c, ...snapshot } = JSON.parse(readFileSync(log, 'utf8').split('\n')[0] as string);
      const text = 'x'.repeat(LIMITS.entryBytesMax + 1_000);
      writeFileSync(log, encodeLine({ ...snapshot, entry: { text } }));
      const { store: again } = await openStoreAt(store.location);
      expect((await again.session(KEY).read())?.entry.text).toHaveLength(text.length);
      await refused('LIMIT_EXCEEDED', again.session(KEY).update({ n: 2 }));
    },
  );
});
