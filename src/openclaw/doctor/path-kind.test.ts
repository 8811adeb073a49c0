import { describe, expect, it } from 'vitest';
import { type Place, pathKind } from './path-kind.ts';

const DIRECTORY = '/srv/claw/agents/main/sessions';
const place: Place = {
  agentId: 'main',
  directories: [DIRECTORY, '/link/agents/main/sessions'],
  windows: false,
};

describe('the path of a transcript', () => {
  it.each<[unknown, string]>([
    [7, 'PATH_NOT_TEXT'],
    [null, 'PATH_NOT_TEXT'],
    [{ a: 1 }, 'PATH_NOT_TEXT'],
    ['', 'PATH_EMPTY'],
    ['a\0b.jsonl', 'PATH_CONTROL'],
    ['a\nb.jsonl', 'PATH_CONTROL'],
    ['../x.jsonl', 'PATH_LEAVES'],
    ['a/../../x.jsonl', 'PATH_LEAVES'],
    ['..', 'PATH_LEAVES'],
    ['/etc/hostname', 'PATH_OUTSIDE'],
    [`${DIRECTORY}/../../../../x.jsonl`, 'PATH_OUTSIDE'],
    [`${DIRECTORY}-more/x.jsonl`, 'PATH_OUTSIDE'],
    ['/srv/claw/agents/work/sessions/x.jsonl', 'PATH_OTHER_AGENT'],
    ['/home/ana/.openclaw/agents/work/sessions/x.jsonl', 'PATH_OTHER_AGENT'],
    ['C:\\Users\\ana\\x.jsonl', 'PATH_WINDOWS'],
    ['C:/Users/ana/x.jsonl', 'PATH_WINDOWS'],
    ['\\\\server\\share\\x.jsonl', 'PATH_WINDOWS'],
  ])('%j is %s', (stored, code) => {
    expect(pathKind(stored, place)).toMatchObject({ kind: 'bad', code });
  });

  it.each([
    ['x.jsonl', 'x.jsonl'],
    ['./x.jsonl', 'x.jsonl'],
    ['a/../x.jsonl', 'x.jsonl'],
    [`${DIRECTORY}/x.jsonl`, 'x.jsonl'],
    ['/link/agents/main/sessions/x.jsonl', 'x.jsonl'],
  ])('%j lies inside', (stored, name) => {
    expect(pathKind(stored, place)).toEqual({ kind: 'inside', name });
  });

  it('is told by the home that it names when the directory has moved', () => {
    const stored = '/home/ana/.openclaw/agents/main/sessions/x.jsonl';
    const home = '/home/ana/.openclaw';
    expect(pathKind(stored, place)).toEqual({ kind: 'moved', name: 'x.jsonl', home });
  });

  it('of Windows is one like any other there', () => {
    const there: Place = {
      ...{ agentId: 'main', windows: true },
      directories: ['C:\\claw\\agents\\main\\sessions'],
    };
    expect(pathKind('C:\\claw\\agents\\main\\sessions\\x.jsonl', there)).toEqual({
      ...{ kind: 'inside', name: 'x.jsonl' },
    });
    expect(pathKind('..\\x.jsonl', there)).toMatchObject({ code: 'PATH_LEAVES' });
    expect(pathKind('D:\\x.jsonl', there)).toMatchObject({ code: 'PATH_OUTSIDE' });
  });
});
