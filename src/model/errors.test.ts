import { describe, expect, it } from 'vitest';
import { HoldfastError, isHoldfastError } from './errors.ts';

const message = 'It is busy; try again.';

describe('HoldfastError', () => {
  it('carries what it was given, and its retry', () => {
    const cause = new Error('EIO');
    const error = new HoldfastError('ENTRY_DAMAGED', message, {
      key: 'agent:main:main',
      lastGood: { rev: 3 },
      cause,
    });
    expect(error).toMatchObject({ code: 'ENTRY_DAMAGED', retry: 'after-repair', message });
    expect(error.name).toBe('HoldfastError');
    expect(error.key).toBe('agent:main:main');
    expect(error.lastGood).toEqual({ rev: 3 });
    expect(error.cause).toBe(cause);
  });

  it('has no field for what it was not given', () => {
    const error = new HoldfastError('STORE_CLOSED', message);
    for (const field of ['key', 'lastGood', 'cause']) {
      expect(Object.hasOwn(error, field) && error[field as keyof typeof error], field).toBeFalsy();
    }
    expect(Object.hasOwn(error, 'cause')).toBe(false);
    // Its mark is no part of what is printed or copied.
    expect(Object.getOwnPropertySymbols(error).filter((symbol) => isShown(error, symbol))).toEqual(
      [],
    );
  });
});

const isShown = (value: object, field: symbol) =>
  Object.prototype.propertyIsEnumerable.call(value, field);

describe('isHoldfastError', () => {
  it('knows the errors of this copy and of another one', () => {
    expect(isHoldfastError(new HoldfastError('IO_FAILED', message))).toBe(true);
    const other = Object.assign(new Error(message), { [Symbol.for('holdfast.error')]: true });
    expect(isHoldfastError(other)).toBe(true);
  });

  it.each([
    ['another error', new Error(message)],
    ['an error with a code', Object.assign(new Error(message), { code: 'IO_FAILED' })],
    ['no error', { [Symbol.for('holdfast.error')]: true, code: 'IO_FAILED' }],
    ['nothing', undefined],
    ['null', null],
    ['a mark that is not ours', Object.assign(new Error(), { [Symbol.for('holdfast.error')]: 1 })],
  ])('knows no other value: %s', (_, value) => {
    expect(isHoldfastError(value)).toBe(false);
  });
});
