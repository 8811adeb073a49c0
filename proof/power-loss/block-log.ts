/** The log of a recording disk, and the disks that a power loss may leave of it. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Chance } from '../frame/run-facts.ts';

const HEAD_BYTES = 16;
const WRITE = 1;

export interface BlockWrite {
  readonly at: number;
  readonly data: Buffer;
}

/** What was written between two flushes, and where the log ended with the second. */
export interface Epoch {
  readonly writes: readonly BlockWrite[];
  /** Bytes of the log up to the end of the flush: what was acknowledged before is on the disk. */
  readonly end: number;
}

/** The epochs of a log. What was written after the last flush is an epoch of its own. */
export function epochsOf(log: string): Epoch[] {
  const bytes = readFileSync(log);
  const epochs: Epoch[] = [];
  let writes: BlockWrite[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    const offset = Number(bytes.readBigUInt64LE(at + 8));
    const isWrite = bytes.readUInt32LE(at) === WRITE;
    at += HEAD_BYTES;
    if (isWrite) {
      writes.push({ at: offset, data: bytes.subarray(at, at + length) });
      at += length;
    } else {
      epochs.push({ writes, end: at });
      writes = [];
    }
  }
  return writes.length > 0 ? [...epochs, { writes, end: bytes.length }] : epochs;
}

export function applyTo(image: string, writes: readonly BlockWrite[]): void {
  const fd = openSync(image, 'r+');
  try {
    for (const { at, data } of writes) writeSync(fd, data, 0, data.length, at);
  } finally {
    closeSync(fd);
  }
}

/** A part of an epoch that the disk may have written when the power failed. */
export function partOf(epoch: Epoch, chance: Chance): { name: string; writes: BlockWrite[] } {
  const { writes } = epoch;
  switch (chance.below(3)) {
    case 0:
      return { name: 'nothing', writes: [] };
    case 1: {
      const count = chance.below(writes.length + 1);
      return { name: `the first ${count}`, writes: writes.slice(0, count) };
    }
    default: {
      const some = writes.filter(() => chance.below(2) === 0);
      return { name: `some ${some.length}`, writes: some };
    }
  }
}
