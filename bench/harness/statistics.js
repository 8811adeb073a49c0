export function median(numbers) {
  return quantile(Float64Array.from(numbers).sort(), 0.5);
}

/** Of a sorted array: the value below which so large a part of all lies. */
export function quantile(sorted, part) {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

/** The median of the ratios within each round, so that a slow minute weighs on both sides alike. */
export function ratioOf(rounds, above, below) {
  return median(rounds.map((round) => above(round) / below(round)));
}

/** One sorted array of several. */
export function merge(arrays) {
  const all = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all.sort();
}
