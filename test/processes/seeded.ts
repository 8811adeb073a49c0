/**
 * Chance that can be repeated: the seed is printed, and `HOLDFAST_SEED` sets it. What depends on the
 * scheduler besides stays as it is.
 */
export function seeded(what: string): { below(max: number): number; pick<T>(of: readonly T[]): T } {
  const seed = Number(process.env.HOLDFAST_SEED ?? 20_260_731);
  console.log(`${what}: HOLDFAST_SEED=${seed}`);
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (max: number) => Math.floor(next() * max);
  return { below, pick: (of) => of[below(of.length)] as (typeof of)[number] };
}
