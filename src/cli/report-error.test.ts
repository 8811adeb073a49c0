import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode, HoldfastError } from '../model/errors.ts';
import { CommandError } from './command-error.ts';
import { exitCodeOf } from './exit-code.ts';
import { errorText } from './report-error.ts';

describe('errorText', () => {
  it('tells message, code, cause and remedy', () => {
    const cause = new Error('EACCES: permission denied');
    const error = new HoldfastError('IO_FAILED', 'It can not be read.', {
      key: 'agent:a:b',
      cause,
    });
    expect(errorText(error, false)).toBe(
      [
        'holdfast: It can not be read. (IO_FAILED)',
        '  Cause: EACCES: permission denied',
        `  ${ERROR_CODES.IO_FAILED.remedy}`,
        '',
      ].join('\n'),
    );
    expect(JSON.parse(errorText(error, true))).toEqual({
      error: {
        code: 'IO_FAILED',
        message: 'It can not be read.',
        remedy: ERROR_CODES.IO_FAILED.remedy,
        retry: 'later',
        key: 'agent:a:b',
        cause: 'EACCES: permission denied',
      },
    });
  });

  it('tells the last good state as JSON', () => {
    const error = new HoldfastError('ENTRY_DAMAGED', 'x', { lastGood: { rev: 3 } });
    expect(JSON.parse(errorText(error, true)).error.lastGood).toEqual({ rev: 3 });
  });

  it('lists candidates', () => {
    const error = new CommandError('AMBIGUOUS_KEY', 'x', {
      remedy: 'r',
      candidates: ['a', 'b\x1b'],
    });
    expect(errorText(error, false)).toBe('holdfast: x (AMBIGUOUS_KEY)\n  a\n  b\\x1b\n  r\n');
    expect(JSON.parse(errorText(error, true)).error.candidates).toEqual(['a', 'b\x1b']);
  });

  it('tells wrong usage without the word error', () => {
    const error = new CommanderError(
      1,
      'x',
      "error: unknown option '--x\x1b'\n(Did you mean --y?)",
    );
    expect(errorText(error, false)).toMatch(
      /^holdfast: unknown option '--x\\x1b' \(Did you mean --y\?\) \(USAGE\)\n {2}See /,
    );
  });

  it('tells a fault with its stack', () => {
    const error = new TypeError('x is not a function');
    expect(errorText(error, false)).toMatch(
      /^holdfast: TypeError: x is not a function \(FAULT\)\n.*report/,
    );
    expect(errorText(error, false)).toContain('report-error.test.ts');
    expect(exitCodeOf(error)).toBe(70);
  });
});

it('every code has an exit code between 2 and 7', () => {
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    const exit = exitCodeOf(new HoldfastError(code, 'x'));
    expect(exit).toBeGreaterThanOrEqual(2);
    expect(exit).toBeLessThanOrEqual(7);
  }
});
