import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realFileSystem } from '../../system/file-system.ts';
import { type ListScan, scanList } from './list-scan.ts';

async function scan(bytes: string | Buffer): Promise<ListScan> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-scan-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'sessions.json');
  writeFileSync(path, bytes);
  const looked = await scanList(realFileSystem, path);
  if (!('found' in looked)) throw new TypeError(JSON.stringify(looked));
  return looked.found;
}

describe('a scan of a list', () => {
  it.each<[string, string | Buffer, unknown]>([
    ['nothing', '', { kind: 'empty', at: 0 }],
    ['zero bytes only', Buffer.alloc(300_000), { kind: 'zeroes', at: 0 }],
    ['zero bytes at its end', Buffer.concat([Buffer.from('{'), Buffer.alloc(9)]), { kind: 'text' }],
    ['half of it', '{"a":{"sessionId":"x"},"b":{', { kind: 'torn', at: 28 }],
    ['half a text', '{"a', { kind: 'torn', at: 3 }],
    ['an array', '[]', { kind: 'type' }],
    ['a text', '"x"', { kind: 'type' }],
    ['words', 'not json', { kind: 'text' }],
    ['a comma too many', '{"a":{},}', { kind: 'text', at: 8 }],
    ['a comment', '{/* by hand */}', { kind: 'text' }],
    ['more behind its end', '{} {}', { kind: 'text' }],
    ['what is no UTF-8', Buffer.from('{"\xff of latin":1}', 'latin1'), { kind: 'text' }],
  ])('tells %s from a store without sessions', async (_name, bytes, damage) => {
    expect((await scan(bytes)).damage).toMatchObject(damage as object);
  });

  it.each(['{}', ' {\n}\n', '\ufeff{}', '{"a":{"b":[{"c":{}},[],{}]}}'])(
    'takes %j for whole',
    async (text) => {
      const found = await scan(text);
      expect([found.damage, found.marked]).toEqual([undefined, text.startsWith('\ufeff')]);
    },
  );

  it('keeps the entries before the damage', async () => {
    const found = await scan('{"a":{"sessionId":"x"},"b":{"sessionId":"y"},"c":{"sessi');
    expect([...found.entries.keys()]).toEqual(['a', 'b']);
  });

  it('takes the names of objects for keys, whatever they are', async () => {
    const found = await scan(
      '{"__proto__":{"sessionId":"x","__proto__":{"sessionFile":"y"}},"constructor":null}',
    );
    expect([...found.entries.keys()]).toEqual(['__proto__', 'constructor']);
    expect(found.entries.get('__proto__')).toMatchObject({
      sessionId: 'x',
      sessionFile: undefined,
    });
    expect(found.entries.get('constructor')?.odd).toBe('null');
  });

  it('counts the bytes of each field as they stand in the file', async () => {
    const field = (name: string, value: unknown) =>
      `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
    const prompt = { text: 'ü'.repeat(70_000), list: [1, { prompt: 'not this one' }] };
    const entry = `{\n${field('prompt', prompt)},\n${field('n', 1)}\n}`;
    const found = await scan(`{"a": ${entry}, "b": ${entry}, "c": [${field('x', 1).slice(0, 3)}]}`);
    const bytes = Buffer.byteLength(field('prompt', prompt));
    expect(Object.fromEntries(found.bytesOf)).toEqual({ prompt: 2 * bytes, n: 2 * 7 });
  });

  it('keeps the last of a repeated key, and the conversation of the one before it', async () => {
    const found = await scan('{"a":{"sessionId":"x"},"b":1,"a":{"sessionId":"y"}}');
    expect([...found.repeated]).toEqual(['a']);
    expect(found.entries.get('a')).toMatchObject({ sessionId: 'y', former: ['x'] });
  });

  it('is bounded by no depth', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const found = await scan(`{"a":{"x":${deep}},"b":{"sessionId":"y"}}`);
    expect([found.damage, found.entries.get('b')?.sessionId]).toEqual([undefined, 'y']);
  });
});
