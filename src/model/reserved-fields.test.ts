import { describe, expect, it } from 'vitest';
import { checkPatch } from './patch.ts';
import { refuseReserved } from './reserved-fields.ts';

const KEY = 'agent:main:main';
const STATE = { sessionId: 's1', entry: { sessionFile: 's1.jsonl' } };
const refused = expect.objectContaining({ code: 'INVALID_ENTRY', key: KEY });

describe('refuseReserved', () => {
  it('returns other patches as they are', () => {
    const patch = checkPatch({ model: 'opus' }, KEY);
    expect(refuseReserved(patch, STATE, KEY)).toBe(patch);
    expect(refuseReserved(patch, undefined, KEY)).toBe(patch);
  });

  it('R10.1 an id that belongs to another session is refused in a patch', () => {
    const patch = checkPatch({ sessionId: 's2', model: 'opus' }, KEY);
    expect(() => refuseReserved(patch, STATE, KEY)).toThrowError(refused);
    expect(() => refuseReserved(patch, undefined, KEY)).toThrowError(refused);
  });

  it('R10.1 a transcript path that belongs to another session is refused in a patch', () => {
    const patch = checkPatch({ sessionFile: 's2.jsonl' }, KEY);
    expect(() => refuseReserved(patch, STATE, KEY)).toThrowError(refused);
    expect(() => refuseReserved(patch, undefined, KEY)).toThrowError(refused);
    expect(() => refuseReserved(checkPatch({ sessionFile: 5 }, KEY), STATE, KEY)).toThrowError(
      refused,
    );
  });

  it('drops the id of this session when a patch repeats it', () => {
    const patch = checkPatch({ sessionId: 's1', model: 'opus' }, KEY);
    const cleaned = refuseReserved(patch, STATE, KEY);
    expect(cleaned).toEqual({ model: 'opus' });
    expect(Object.isFrozen(cleaned)).toBe(true);
    expect(refuseReserved(checkPatch({ sessionId: null }, KEY), STATE, KEY)).toEqual({});
  });

  it('lets a patch remove or repeat its transcript path', () => {
    const removed = checkPatch({ sessionFile: null }, KEY);
    expect(refuseReserved(removed, STATE, KEY)).toBe(removed);
    const repeated = checkPatch({ sessionFile: 's1.jsonl' }, KEY);
    expect(refuseReserved(repeated, STATE, KEY)).toBe(repeated);
  });
});
