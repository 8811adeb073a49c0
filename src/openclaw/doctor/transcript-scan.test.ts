import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realFileSystem } from '../../system/file-system.ts';
import { scanTranscript, type TranscriptScan } from './transcript-scan.ts';

const HEADER = '{"type":"session","version":3,"id":"x","key":"agent:main:main"}\n';
const line = (n: number, size = 0) =>
  `${JSON.stringify({ type: 'message', id: String(n), text: 'a'.repeat(size) })}\n`;

async function scan(bytes: string | Buffer, deep = false): Promise<TranscriptScan> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-scan-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'x.jsonl');
  writeFileSync(path, bytes);
  const looked = await scanTranscript(realFileSystem, path, deep);
  if (!('found' in looked)) throw new TypeError(JSON.stringify(looked));
  return looked.found;
}

describe('a scan of a transcript', () => {
  it.each<[string, TranscriptScan['header']]>([
    [`${HEADER}${line(1)}`, { id: 'x', key: 'agent:main:main' }],
    [line(1), 'none'],
    ['{"hello":1}\n', 'foreign'],
    ['{"type":"sess\n', 'damaged'],
    ['[]\n', 'damaged'],
    ['\n', 'none'],
  ])('reads the header of %j', async (text, header) => {
    expect((await scan(text)).header).toEqual(header);
  });

  it.each([
    ['an end in the middle of a line', `${HEADER}${line(1)}`.slice(0, -5), HEADER.length],
    ['a whole record whose newline is missing', `${HEADER}${line(1).trimEnd()}`, HEADER.length],
    ['a header only, without its newline', HEADER.trimEnd(), 0],
  ])('tells %s', async (_name, text, tornFrom) => {
    expect(await scan(text)).toMatchObject({ tornFrom, damaged: [] });
  });

  it('reads the beginning and the end of a long one, and all of it when asked to', async () => {
    const many = Array.from({ length: 400 }, (_, n) => line(n, 1_000));
    const bad = '{bad\n';
    const parts = [HEADER, bad, ...many.slice(0, 200), bad, ...many.slice(200), bad];
    const text = parts.join('');
    const middle = parts.slice(0, 202).join('').length;
    const quick = await scan(text);
    expect(quick.partly).toBe(true);
    expect(quick.damaged.map(({ from, line: number }) => [from, number])).toEqual([
      [HEADER.length, 2],
      [text.length - bad.length, undefined],
    ]);
    const whole = await scan(text, true);
    expect(whole.partly).toBe(false);
    expect(whole.damaged.map(({ from, line: number }) => [from, number])).toEqual([
      [HEADER.length, 2],
      [middle, 203],
      [text.length - bad.length, 404],
    ]);
  });

  it('does not take a line for damaged of which it read a part only', async () => {
    const text = `${HEADER}${line(1, 300_000)}${line(2, 300_000)}`;
    for (const deep of [false, true]) {
      expect(await scan(text, deep)).toMatchObject({ damaged: [], tornFrom: undefined });
    }
    const cut = text.slice(0, -1);
    expect((await scan(cut, true)).tornFrom).toBe(HEADER.length + line(1, 300_000).length);
    // Where the line begins is not among what was read; that it has no end is.
    expect((await scan(cut)).tornFrom).toBe(cut.length - 65_536);
  });

  it('keeps the first damaged lines and counts the others', async () => {
    const found = await scan(`${HEADER}${'?\n'.repeat(50)}`);
    expect([found.damaged.length, found.more]).toEqual([20, 30]);
    const [zeroes, foreign] = (await scan(Buffer.from(`${HEADER}\0\0\n\xff\n`, 'latin1'))).damaged;
    expect([zeroes?.why, foreign?.why]).toEqual(['it consists of zero bytes', 'it is not UTF-8']);
  });
});
