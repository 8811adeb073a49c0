/** Loaded before a program of a test whose clock is wrong by `SHIFT_MS`. */
import process from 'node:process';

const rightTime = Date.now;
const shiftMs = Number(process.env.SHIFT_MS);

globalThis.Date = class extends Date {
  constructor(...given) {
    if (given.length === 0) super(rightTime() + shiftMs);
    else super(...given);
  }

  static now() {
    return rightTime() + shiftMs;
  }
};
