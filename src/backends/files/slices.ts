import { Slices as SlicesOf } from '../../model/slices.ts';
import type { System } from '../../system/system.ts';
import { breathe } from '../../system/timers.ts';

/** Slices by the clock of the store's system. */
export class Slices extends SlicesOf {
  constructor({ clock, timers }: System) {
    super({ elapsed: () => clock.elapsed(), breathe: () => breathe(timers) });
  }
}
