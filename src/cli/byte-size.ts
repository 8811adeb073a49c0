const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A number of bytes for people, by thousands as disks count: `512 B`, `1.2 KB`, `340 MB`. */
export function byteSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // From 999.5 on a value would be rounded to four digits.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
