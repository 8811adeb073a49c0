import { expect } from 'vitest';
import type { ErrorCode } from '../../src/model/errors.ts';
import { type HoldfastError, isHoldfastError } from '../../src/model/errors.ts';

/** Everything that an iteration gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The error of a call that has to be refused, which must be one of the closed list. */
export async function refusal(call: Promise<unknown>): Promise<HoldfastError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) {
    return expect.fail(`was accepted and gave ${JSON.stringify(outcome.value)}`);
  }
  if (!isHoldfastError(outcome.error)) throw outcome.error;
  return outcome.error;
}

/** Fails unless the call is refused with this code. */
export async function refused(code: ErrorCode, call: Promise<unknown>): Promise<HoldfastError> {
  const error = await refusal(call);
  expect(error.code, error.message).toBe(code);
  return error;
}

/** Waits for a condition, and fails with its name when it does not come true. */
export async function until(what: string, condition: () => boolean | Promise<boolean>) {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) expect.fail(`gave up waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
