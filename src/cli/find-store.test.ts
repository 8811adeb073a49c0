import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findStore } from './find-store.ts';

let root: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-find-store-')));
  mkdirSync(join(root, 'marked', 'deep', 'er'), { recursive: true });
  writeFileSync(join(root, 'marked', 'holdfast.json'), '{}');
  mkdirSync(join(root, 'sessions', 'agents', 'main', 'sessions', 'sessions.d'), {
    recursive: true,
  });
  mkdirSync(join(root, 'claw', 'agents', 'main', 'sessions'), { recursive: true });
  writeFileSync(join(root, 'claw', 'agents', 'main', 'sessions', 'sessions.json'), '{}');
  mkdirSync(join(root, 'plain'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function find(ask: { option?: string; env?: string; cwd?: string; use?: 'existing' | 'create' }) {
  return findStore({
    option: ask.option,
    env: ask.env === undefined ? {} : { HOLDFAST_STORE: ask.env },
    cwd: join(root, ask.cwd ?? 'plain'),
    use: ask.use ?? 'existing',
  });
}

describe('findStore', () => {
  it('prefers the option, then the environment, then the directories above', () => {
    const cwd = 'marked/deep/er';
    expect(find({ option: '../../../sessions', env: 'x', cwd })).toBe(join(root, 'sessions'));
    expect(find({ env: join(root, 'sessions'), cwd })).toBe(join(root, 'sessions'));
    expect(find({ cwd })).toBe(join(root, 'marked'));
    expect(find({ env: '', cwd })).toBe(join(root, 'marked'));
    expect(find({ cwd: 'sessions/agents' })).toBe(join(root, 'sessions'));
  });

  it('leaves a URL as it is', () => {
    expect(find({ option: 'postgres://db/x' })).toBe('postgres://db/x');
    expect(find({ option: 'memory:' })).toBe('memory:');
  });

  it('takes a file URL for the path that it names', () => {
    const url = pathToFileURL(join(root, 'marked')).href;
    expect(find({ option: url })).toBe(join(root, 'marked'));
    expect(() => find({ option: pathToFileURL(join(root, 'plain')).href })).toThrow(/is no store/);
    expect(() => find({ option: 'file://elsewhere/x' })).toThrow(/names no directory/);
  });

  it('refuses a path that is no store unless it may become one', () => {
    expect(() => find({ option: '.' })).toThrow(/is no store, and this command does not make one/);
    expect(() => find({ option: 'missing' })).toThrow(/no such directory/);
    expect(find({ option: 'missing', use: 'create' })).toBe(join(root, 'plain', 'missing'));
  });

  it('says what to do with a state directory of OpenClaw', () => {
    expect(() => find({ option: join(root, 'claw') })).toThrow(
      expect.objectContaining({
        code: 'NO_STORE',
        remedy: expect.stringContaining(`holdfast adopt ${join(root, 'claw')}`),
      }),
    );
  });

  it('names the three ways when there is none', () => {
    for (const use of ['existing', 'create'] as const) {
      expect(() => find({ use })).toThrow(
        expect.objectContaining({
          code: 'NO_STORE',
          remedy: expect.stringMatching(/--store .*HOLDFAST_STORE.*inside a store/),
        }),
      );
    }
  });
});
