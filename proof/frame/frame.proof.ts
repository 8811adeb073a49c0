import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../mutants/mutants.ts';
import { lacking, runProgram } from './needs.ts';
import { chanceOf } from './run-facts.ts';

describe('the frame of the proofs', () => {
  it('repeats chance from its seed', () => {
    const draw = (seed: number) => {
      const chance = chanceOf(seed);
      return Array.from({ length: 20 }, () => chance.below(1_000));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('says what is missing', () => {
    expect(lacking(['no-such-program'])).toBe('needs no-such-program');
  });

  it('tells a program that failed', () => {
    expect(() => runProgram('false', [])).toThrow('false  ended with 1');
  });

  it('has mutants with names of their own', () => {
    const names = MUTANTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
